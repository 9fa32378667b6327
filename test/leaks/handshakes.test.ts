import { describe, expect, it } from "vitest";
import { providers } from "../live/providers.ts";
import { nothingLive } from "../nothing-live.ts";
import type { Measured, Work } from "./handshakes.ts";
import { measuredChild } from "./measured-child.ts";

const file = new URL("handshakes.ts", import.meta.url);

function measure(library: string, work: Work, count: number): Promise<Measured> {
  return measuredChild(file, [library, work, String(count)]);
}

/** WinPR 2 itself leaks the name of its SAM file with every context: some 50 bytes. */
const perHandshake = 150;
/**
 * WinPR itself leaks some 350 bytes with every authentication that fails: a C program that does the same loses them
 * too.
 */
const perFailure = 500;
const mebibyte = 2 ** 20;

describe.each(providers.map((provider) => ({ label: provider.label })))("memory on $label", ({ label }) => {
  it("is flat over 20 000 handshakes on the event loop", async () => {
    const measured = await measure(label, "sync", 20_000);
    expect(measured.live).toEqual(nothingLive);
    expect(measured.lost).toBeLessThan(perHandshake);
    expect(measured.resident).toBeLessThan(4 * mebibyte);
    expect(measured.types[1]).toBe(measured.types[0]);
  });

  it("is flat over 20 000 handshakes off the event loop, eight at a time", async () => {
    const measured = await measure(label, "async", 20_000);
    expect(measured.live).toEqual(nothingLive);
    expect(measured.lost).toBeLessThan(perHandshake);
    expect(measured.resident).toBeLessThan(4 * mebibyte);
    expect(measured.types[1]).toBe(measured.types[0]);
  });

  it("is flat over 2 000 handshakes that fail, but for what the provider loses", async () => {
    const measured = await measure(label, "failing", 2_000);
    expect(measured.live).toEqual(nothingLive);
    expect(measured.lost).toBeLessThan(perFailure);
    expect(measured.resident).toBeLessThan(4 * mebibyte);
    expect(measured.types[1]).toBe(measured.types[0]);
  });

  it("would exceed these bounds if each handshake lost its context", async () => {
    const measured = await measure(label, "leaking-contexts", 5_000);
    expect(measured.lost).toBeGreaterThan(perFailure);
    expect(measured.resident).toBeGreaterThan(4 * mebibyte);
  });

  it("would exceed these bounds if each handshake lost one token", async () => {
    const measured = await measure(label, "leaking-tokens", 20_000);
    expect(measured.lost).toBeGreaterThan(perHandshake);
    expect(measured.resident).toBeGreaterThan(4 * mebibyte);
  });
});
