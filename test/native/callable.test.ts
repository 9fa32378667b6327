import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FunctionDeclaration, pointer, u32, usize } from "../../src/ctypes/index.ts";
import { callable } from "../../src/native/callable.ts";
import { FunctionNotFoundError } from "../../src/native/function-not-found.ts";
import { LibraryNotFoundError } from "../../src/native/index.ts";
import { byValue, declared, libc } from "./libc.ts";

type Call = (...args: readonly unknown[]) => unknown;

function raw(declaration: FunctionDeclaration): Call {
  return callable(declaration as FunctionDeclaration<Call>);
}

const status = declared("FunctionOfNobody", u32, byValue("flags", u32));
const address = { ...declared("TableOfNobody", pointer), libraries: ["secur32.dll", "sspicli.dll"] };

beforeEach(() => {
  vi.stubEnv("SSPI_LIBRARY", libc);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a function of sspi-ffi/raw", () => {
  it("has the header's name", () => {
    expect(raw(status).name).toBe("FunctionOfNobody");
  });

  it("is found in the chosen library at its first call", () => {
    const memcpy = declared(
      "memcpy",
      pointer,
      byValue("target", usize),
      byValue("source", usize),
      byValue("size", usize),
    );
    const call = raw(memcpy);
    expect(call(0x1234n, 0, 0)).toBe(0x1234n);
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-nobody.so");
    expect(call(7, 0, 0)).toBe(7n);
  });

  it("throws LibraryNotFoundError when no library can be loaded, but only when it is called", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-nobody.so");
    const call = raw(status);
    expect(() => call(1)).toThrow(LibraryNotFoundError);
    vi.stubEnv("SSPI_LIBRARY", libc);
    expect(call(1)).toBe(0x8009_0302);
  });

  it("checks its arguments before it looks for a library", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-nobody.so");
    expect(() => raw(status)(-1)).toThrow(
      new RangeError("FunctionOfNobody: flags: expected an integer from 0 to 4294967295, got -1"),
    );
    expect(() => raw(status)()).toThrow("FunctionOfNobody: expected 1 arguments (flags), got 0");
  });
});

describe("a function that the machine does not have", () => {
  it("returns SEC_E_UNSUPPORTED_FUNCTION if its return type is a status", () => {
    expect(raw(status)(1)).toBe(0x8009_0302);
  });

  it("throws an error that names the expected DLLs if its return type is no status", () => {
    const error = new FunctionNotFoundError(address);
    expect(() => raw(address)()).toThrow(error);
    expect(error).toMatchObject({
      name: "FunctionNotFoundError",
      code: "SSPI_FUNCTION_NOT_FOUND",
      message: expect.stringMatching(
        /^TableOfNobody: neither the SSPI library of this machine nor secur32.dll or sspicli.dll has this function/,
      ),
    });
  });
});
