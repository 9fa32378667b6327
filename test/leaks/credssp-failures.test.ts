import { expect, it } from "vitest";
import type { CredsspMeasured } from "./credssp-failures.ts";
import { measuredChild } from "./measured-child.ts";

const file = new URL("credssp-failures.ts", import.meta.url);

/** `SSPI_CREDSSP_FAILURES=20000` sets this number, which takes a minute. */
const handshakes = Number(process.env["SSPI_CREDSSP_FAILURES"] ?? 4_000);
const mebibyte = 2 ** 20;

it(`N14: ${handshakes} handshakes of CredSSP that fail leave nothing behind`, { timeout: 300_000 }, async () => {
  const measured = await measuredChild<CredsspMeasured>(file, ["failures", String(handshakes)]);
  expect(measured.live).toEqual({ credentials: 0, contexts: 0, certificates: 0, buffers: 0, tokens: 0, tls: 0 });
  expect(measured.failures).toBe(handshakes);
  expect(measured.lost).toBeLessThan(100);
  expect(measured.resident).toBeLessThan(8 * mebibyte);
});

it("the check notices memory that a failed handshake of CredSSP does not release", { timeout: 300_000 }, async () => {
  expect((await measuredChild<CredsspMeasured>(file, ["leaking", "500"])).lost).toBeGreaterThan(1_000);
});
