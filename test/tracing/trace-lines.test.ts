import { describe, expect, it } from "vitest";
import { acquireLine, httpLine, legLine, messageLine, shutdownLine } from "../../src/tracing/trace-lines.ts";

const hostile = `a\n\u001b[31mEVIL\u009b\u202e${"x".repeat(10_000)}`;
const end = { package: hostile, provider: hostile, status: hostile, duration: 1, sync: true };

describe("a line of NODE_DEBUG=sspi-ffi", () => {
  it.each([
    ["an acquisition", acquireLine({ ...end, use: "outbound", identity: "given" })],
    ["a leg", legLine({ ...end, side: "client", context: 1, leg: 1, received: 0, sent: 0 })],
    ["a message", messageLine({ ...end, operation: "EncryptMessage", context: 1, size: 1 })],
    ["a shutdown", shutdownLine({ ...end, context: 1, sent: 0 })],
    ["a request", httpLine({ verdict: "user", status: 0, package: hostile, duration: 1, sync: true })],
  ])("E9 is one short line without control characters, of %s", (_what, line) => {
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(line).toContain("a\\u{a}\\u{1b}[31mEVIL");
    expect(line.length).toBeLessThan(600);
  });
});
