import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { releaseFunctions } from "../../generated/release-functions.ts";
import { acquired, live, type ReleaseFunction, readAndRelease, release } from "../../src/memory/index.ts";
import { checkProvider, defineProvider, documentedTraits, type SecurityProvider } from "../../src/native/index.ts";
import { releasingProvider } from "./releasing-provider.ts";

const definition = { label: "ours", traits: documentedTraits, functions: {} };
const functions = Object.keys(releaseFunctions) as ReleaseFunction[];
let emitWarning: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
});
afterEach(() => {
  emitWarning.mockRestore();
});

describe("release", () => {
  it.each(functions)("gives a thing back through %s of its own provider, silently when that succeeds", (by) => {
    const { provider, released } = releasingProvider();
    acquired(by);
    release(provider, by, 0x1234n);
    expect(released).toEqual([[by, 0x1234n]]);
    expect(emitWarning).not.toHaveBeenCalled();
  });

  it.each([
    { by: "FreeContextBuffer", answer: 0x8009_0301, shown: "0x80090301" },
    { by: "FreeContextBuffer", answer: 0x8009_0301 | 0, shown: "0x80090301" },
    { by: "DeleteSecurityContext", answer: 1, shown: "0x1" },
    { by: "FreeCredentialsHandle", answer: 0x8009_0302, shown: "0x80090302" },
    { by: "CloseHandle", answer: 0, shown: "0x0" },
  ] as const)("warns, and throws nothing, when $by answers $answer", ({ by, answer, shown }) => {
    const { provider, released } = releasingProvider(() => answer);
    acquired(by);
    expect(() => release(provider, by, 1)).not.toThrow();
    expect(released).toHaveLength(1);
    expect(emitWarning.mock.calls).toEqual([
      [`${by} answered ${shown}`, { type: "SspiReleaseWarning", code: "SSPI_RELEASE_REFUSED" }],
    ]);
  });

  it("D4 memory of a provider that lacks the function to release it stays counted, and a warning says so", () => {
    const lacking = defineProvider(definition);
    acquired("FreeContextBuffer");
    expect(() => release(lacking, "FreeContextBuffer", 1n)).not.toThrow();
    expect(live().buffers).toBe(1);
    expect(emitWarning.mock.calls).toEqual([
      ["FreeContextBuffer answered 0x80090302", { type: "SspiReleaseWarning", code: "SSPI_RELEASE_REFUSED" }],
    ]);
    release(releasingProvider().provider, "FreeContextBuffer", 1n);
  });

  it("D4 a release function that the provider lacks throws, and the thing stays counted", () => {
    acquired("FreeContextBuffer");
    expect(() => release({} as SecurityProvider, "FreeContextBuffer", 1n)).toThrow(TypeError);
    expect(live().buffers).toBe(1);
    release(releasingProvider().provider, "FreeContextBuffer", 1n);
  });

  it("warns where the function answered what is no status, and counts the thing as released: it was called", () => {
    const provider = checkProvider({ ...defineProvider(definition), FreeContextBuffer: () => undefined as never });
    acquired("FreeContextBuffer");
    expect(() => release(provider, "FreeContextBuffer", 1n)).not.toThrow();
    expect(emitWarning.mock.calls).toEqual([
      [
        "FreeContextBuffer: expected ours to answer an integer of 32 bits, got undefined",
        { type: "SspiReleaseWarning", code: "SSPI_RELEASE_REFUSED" },
      ],
    ]);
  });

  it("takes any value but zero as success of a BOOL function", () => {
    acquired("CloseHandle");
    release(releasingProvider(() => -1).provider, "CloseHandle", 1n);
    expect(emitWarning).not.toHaveBeenCalled();
  });
});

describe("readAndRelease", () => {
  it("hands out what was read, and frees after reading", () => {
    const { provider, released } = releasingProvider();
    const read = (): string => {
      expect(released).toEqual([]);
      expect(live().buffers).toBe(1);
      return "the name";
    };
    expect(readAndRelease(provider, "FreeContextBuffer", 0x5000n, read)).toBe("the name");
    expect(released).toEqual([["FreeContextBuffer", 0x5000n]]);
  });

  it("frees exactly once when reading throws, and lets that error pass", () => {
    const { provider, released } = releasingProvider(() => 0x8009_0301);
    const failing = (): never => {
      throw new RangeError("cannot be read");
    };
    expect(() => readAndRelease(provider, "FreeContextBuffer", 0x5000n, failing)).toThrow(
      new RangeError("cannot be read"),
    );
    expect(released).toEqual([["FreeContextBuffer", 0x5000n]]);
    expect(emitWarning).toHaveBeenCalledOnce();
  });
});
