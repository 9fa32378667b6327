import { describe, expect, it } from "vitest";
import { freshTickets } from "../live/kerberos.ts";
import { nothingLive } from "../nothing-live.ts";
import type { KerberosMeasured, KerberosWork } from "./kerberos-handshakes.ts";
import { measuredChild } from "./measured-child.ts";

const perHandshake = 50;
const mebibyte = 2 ** 20;

describe("memory over the system's GSSAPI", () => {
  freshTickets();

  function measure(work: KerberosWork, count: number): Promise<KerberosMeasured> {
    return measuredChild(new URL("kerberos-handshakes.ts", import.meta.url), [work, String(count)]);
  }

  it("is flat over 5 000 handshakes of Kerberos and Negotiate with their messages and names", async () => {
    const measured = await measure("whole", 5_000);
    expect(measured.live).toEqual(nothingLive);
    expect(measured.lost).toBeLessThan(perHandshake);
    expect(measured.resident).toBeLessThan(4 * mebibyte);
  });

  it("is flat over 1 000 handshakes whose last leg fails", async () => {
    const measured = await measure("failing", 1_000);
    expect(measured.live).toEqual(nothingLive);
    expect(measured.lost).toBeLessThan(perHandshake);
    expect(measured.resident).toBeLessThan(4 * mebibyte);
  });

  it("would exceed these bounds if each handshake lost one token", async () => {
    const measured = await measure("leaking", 1_000);
    expect(measured.lost).toBeGreaterThan(perHandshake);
  });
});
