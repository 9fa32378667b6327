import { afterEach, describe, expect, it, vi } from "vitest";
import { LSA_GET_CALL_INFO } from "../../generated/ntsecpkg/callbacks.ts";
import { bool8, declareCallback, i64, nothing, pointer, u8, u32, usize } from "../../src/ctypes/index.ts";
import { callbackSlots, functionAt, registerCallback } from "../../src/native/index.ts";
import { widest } from "../widest.ts";

type Work = (...args: never[]) => unknown;

function declared(
  returns: typeof u32 | typeof bool8 | typeof pointer | typeof nothing,
  ...values: (typeof u32 | typeof usize | typeof i64 | typeof u8 | typeof bool8)[]
) {
  const parameters = values.map((value, index) => ({ name: `p${index}`, type: "T", direction: "in", value }) as const);
  return declareCallback<Work>({ name: "TEST_FN", header: "test.h", convention: "stdcall", returns, parameters });
}

/** Calls a JavaScript function as C does, through its pointer. */
function throughC(
  declaration: ReturnType<typeof declared>,
  work: Work,
  args: readonly unknown[] = [],
  onError = vi.fn(),
) {
  const callback = registerCallback(declaration, work, { onError, failure: 0xc000_0001 });
  try {
    return { answer: functionAt(declaration, callback.address)(...(args as never[])), onError };
  } finally {
    callback.release();
  }
}

afterEach(() => expect(callbackSlots()).toBe(0));

describe("a JavaScript callback that C calls", () => {
  it("receives 64-bit values as unsigned or signed BigInts as declared, and BOOLEANs as booleans", () => {
    const seen: unknown[] = [];
    const work = (...args: unknown[]): number => seen.push(...args);
    throughC(declared(u32, usize, i64, usize, u32, bool8, u8), work, [widest, -1n, 5, 0xffff_ffff, 2, 255]);
    expect(seen).toEqual([widest, -1n, 5n, 0xffff_ffff, true, 255]);
  });

  it("returns a status as an unsigned number", () => {
    for (const status of [0, 1, 0x8009_0308, -1])
      expect(throughC(declared(u32), () => status).answer).toBe(status >>> 0);
  });

  it.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["true", () => true],
    ["a fraction", () => 0.5],
    ["NaN", () => Number.NaN],
    ["2^32", () => 2 ** 32],
    ["a string", () => "0"],
    ["a bigint", () => 0n],
    ["a Promise", () => Promise.resolve(0)],
    ["a Promise that fails", () => Promise.reject(new Error("later"))],
    [
      "an exception",
      () => {
        throw new Error("thrown");
      },
    ],
  ])("returns its failure status when the JavaScript function gives %s", (_what, work) => {
    const { answer, onError } = throughC(declared(u32), work);
    expect(answer).toBe(0xc000_0001);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]?.[0]).toBe("TEST_FN");
  });

  it("returns NULL, FALSE or nothing on an exception when its return type is no status", () => {
    const thrown = (): never => {
      throw new Error("thrown");
    };
    expect(Number(throughC(declared(pointer), thrown).answer)).toBe(0);
    expect(Number(throughC(declared(bool8), thrown).answer)).toBe(0);
    expect(throughC(declared(nothing), thrown).answer).toBeUndefined();
    expect(Number(throughC(declared(bool8), () => true).answer)).toBe(1);
    expect(Number(throughC(declared(pointer), () => 0x1234n).answer)).toBe(0x1234);
    expect(throughC(declared(nothing), () => 5).answer).toBeUndefined();
  });

  it.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["a fraction", () => 0.5],
    ["what no Number holds exactly", () => 2 ** 53],
    ["a string", () => "4096"],
    ["an object", () => ({})],
    ["a Promise", () => Promise.resolve(0x1234n)],
  ])("returns NULL and reports the error when the JavaScript function gives %s for a pointer", (_what, work) => {
    const { answer, onError } = throughC(declared(pointer), work);
    expect(Number(answer)).toBe(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith("TEST_FN", expect.any(TypeError));
  });

  it("still returns its failure status when the error reporter throws", () => {
    const onError = vi.fn(() => {
      throw new Error("reporter");
    });
    expect(throughC(declared(u32), () => undefined, [], onError).answer).toBe(0xc000_0001);
  });

  it("holds one of the process's callback slots until its first release()", () => {
    const callbacks = [1, 2, 3].map(() => registerCallback(LSA_GET_CALL_INFO, () => true));
    expect(callbackSlots()).toBe(3);
    for (const callback of [...callbacks, ...callbacks]) callback.release();
    expect(callbackSlots()).toBe(0);
  });
});
