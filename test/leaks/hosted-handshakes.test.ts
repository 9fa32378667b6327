import { expect, it } from "vitest";
import { nothingLive } from "../nothing-live.ts";
import type { HostedMeasured, HostedWork } from "./hosted-handshakes.ts";
import { measuredChild } from "./measured-child.ts";

const file = new URL("hosted-handshakes.ts", import.meta.url);

/** `SSPI_HOSTED_HANDSHAKES=100000` sets this number, which takes a minute or two. */
const handshakes = Number(process.env["SSPI_HOSTED_HANDSHAKES"] ?? 20_000);
const mebibyte = 2 ** 20;
/** Bytes per handshake that malloc may have kept for itself. */
const perHandshake = 50;

function measure(work: HostedWork, count: number): Promise<HostedMeasured> {
  return measuredChild(file, [work, String(count)]);
}

it.each(["typescript", "c"] as const)(`${handshakes} handshakes leave nothing behind, hosted in %s`, async (work) => {
  const measured = await measure(work, handshakes);
  expect(measured.live).toEqual(nothingLive);
  expect(measured.report).toMatchObject({
    held: [],
    misdeeds: [],
    open: { credentials: 0, contexts: 0, tokens: 0 },
  });
  expect(measured.report.allocations).toBeGreaterThan(handshakes);
  if (work === "typescript") expect(measured.open).toEqual({ credentials: 0, contexts: 0, sessions: 0 });
  expect(measured.slots[0]).toBeGreaterThan(0);
  expect(measured.slots[1]).toBe(0);
  expect(measured.types[1]).toBe(measured.types[0]);
  expect(measured.lost).toBeLessThan(perHandshake);
  expect(measured.resident).toBeLessThan(8 * mebibyte);
});

it("the check notices contexts that nobody deletes", async () => {
  const { report, open } = await measure("leaking-contexts", 500);
  expect(report.open.contexts).toBeGreaterThanOrEqual(500);
  expect(open).toMatchObject({ sessions: 1000 });
});

it("the check notices memory that nobody releases", async () => {
  expect((await measure("leaking-tokens", 20_000)).lost).toBeGreaterThan(perHandshake * 4);
});
