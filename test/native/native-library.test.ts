import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { i32, pointer, u32, usize } from "../../src/ctypes/index.ts";
import { LibraryNotFoundError } from "../../src/native/index.ts";
import { loadSspiLibrary, NativeLibrary, systemLibrary } from "../../src/native/native-library.ts";
import { widest, widestNumber } from "../widest.ts";
import { byValue, declared, libc } from "./libc.ts";

function notFound(library: string | undefined, platform: string): LibraryNotFoundError {
  try {
    loadSspiLibrary(library, { platform, env: { SystemRoot: "/nowhere" } });
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return error;
    throw error;
  }
  throw new Error("a library was found");
}

describe("a library that cannot be loaded", () => {
  it.each([
    [
      "linux",
      'Install WinPR (Debian and Ubuntu: apt-get install libwinpr2-2, or libwinpr3-3), or name a library with SSPI_LIBRARY or `provider: systemProvider("…")`.',
    ],
    [
      "darwin",
      'Install FreeRDP\'s WinPR (brew install freerdp), or name a library with SSPI_LIBRARY or `provider: systemProvider("…")`.',
    ],
    [
      "win32",
      'secur32.dll is part of Windows: repair the system, or name a library with SSPI_LIBRARY or `provider: systemProvider("…")`.',
    ],
  ])("is reported on %s with the names tried, the reason of each failure, and a remedy", (platform, advice) => {
    const error = notFound("libsspi-of-nobody.so", platform);
    expect(error.tried).toEqual([{ library: "libsspi-of-nobody.so", reason: expect.stringMatching(/\S/) as string }]);
    expect(error.message).toBe(
      `No SSPI library could be loaded. Tried:\n  libsspi-of-nobody.so: ${error.tried[0]?.reason}\n${advice}`,
    );
    expect(error).toMatchObject({ name: "LibraryNotFoundError", code: "SSPI_LIBRARY_NOT_FOUND" });
  });

  it("is followed by the next candidate until all were tried in order", () => {
    const { platform } = process;
    const [foreign, tried] =
      platform === "win32"
        ? ["linux", ["libwinpr3.so.3", "libwinpr2.so.2", "libsspi.so"]]
        : ["win32", ["/nowhere\\System32\\secur32.dll"]];
    const error = notFound(undefined, foreign);
    expect(error.tried.map(({ library }) => library)).toEqual(tried);
    for (const library of tried) expect(error.message).toContain(`\n  ${library}: `);
  });

  it("does not keep a later library from being loaded", () => {
    notFound("libsspi-of-nobody.so", process.platform);
    expect(loadSspiLibrary(libc, process).file).toBe(libc);
  });
});

describe("a loaded library", () => {
  const library = NativeLibrary.load(libc);

  it("reports which functions it exports", () => {
    expect(library.exports("memcpy")).toBe(true);
    expect(library.exports("InitSecurityInterfaceW")).toBe(false);
  });

  it("binds a function that it exports, and returns undefined for any other", () => {
    const abs = declared("abs", i32, byValue("number", i32));
    expect(library.bind(abs)?.(-7)).toBe(7);
    expect(library.bind({ ...abs, convention: "stdcall" })?.(-8)).toBe(8);
    expect(library.bind({ ...abs, name: "abs_of_nobody" })).toBeUndefined();
  });

  it("passes and returns pointer-wide values without loss", () => {
    const memcpy = library.bind(
      declared("memcpy", pointer, byValue("target", usize), byValue("source", usize), byValue("size", usize)),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: widest }), fc.nat({ max: widestNumber }), (wide, exact) => {
        expect(BigInt(memcpy?.(wide, 0, 0) ?? -1)).toBe(wide);
        expect(BigInt(memcpy?.(exact, 0, 0) ?? -1)).toBe(BigInt(exact));
      }),
    );
  });

  it("returns a status unsigned", () => {
    const abs = library.bind(declared("abs", u32, byValue("number", i32)));
    expect(abs?.(-0x8000_0000)).toBe(0x8000_0000);
  });
});

describe("a DLL of Windows", () => {
  it("is never looked for on another platform", () => {
    expect(systemLibrary(libc, { platform: "linux", env: {} })).toBeUndefined();
  });
});
