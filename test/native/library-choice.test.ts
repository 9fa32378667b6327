import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candidates, system32 } from "../../src/native/library-choice.ts";

const platforms = ["win32", "linux", "darwin", "freebsd"];
const path = fc.string({ minLength: 1 });

describe("the candidate libraries", () => {
  it.each([
    ["win32", ["D:\\Windows\\System32\\secur32.dll"]],
    ["linux", ["libwinpr3.so.3", "libwinpr2.so.2", "libsspi.so"]],
    ["freebsd", ["libwinpr3.so.3", "libwinpr2.so.2", "libsspi.so"]],
    [
      "darwin",
      [
        "libwinpr3.3.dylib",
        "/opt/homebrew/lib/libwinpr3.3.dylib",
        "libwinpr2.2.dylib",
        "/opt/homebrew/lib/libwinpr2.2.dylib",
        "libsspi.dylib",
        "/opt/homebrew/lib/libsspi.dylib",
      ],
    ],
  ])("are on %s %j, in this order", (platform, expected) => {
    expect(candidates(undefined, { platform, env: { SystemRoot: "D:\\Windows" } })).toEqual(expected);
  });

  it("are the named library alone, else SSPI_LIBRARY alone, else the platform's", () => {
    fc.assert(
      fc.property(path, path, fc.constantFrom(...platforms), (named, variable, platform) => {
        expect(candidates(named, { platform, env: { SSPI_LIBRARY: variable } })).toEqual([named]);
        expect(candidates(undefined, { platform, env: { SSPI_LIBRARY: variable } })).toEqual([variable]);
      }),
    );
  });

  it("are the platform's when SSPI_LIBRARY is empty", () => {
    for (const platform of platforms)
      expect(candidates(undefined, { platform, env: { SSPI_LIBRARY: "" } })).toEqual(
        candidates(undefined, { platform, env: {} }),
      );
  });
});

describe("a Windows system DLL", () => {
  it("is named by its full path in System32, so that no other folder is searched", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (root, dll) => {
        expect(system32(dll, { platform: "win32", env: { SystemRoot: root } })).toBe(`${root}\\System32\\${dll}`);
      }),
    );
  });

  it("is looked for in C:\\Windows when SystemRoot is not set", () => {
    expect(system32("secur32.dll", { platform: "win32", env: {} })).toBe("C:\\Windows\\System32\\secur32.dll");
  });
});
