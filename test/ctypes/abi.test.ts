import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abiOf, abis, hostAbi, pointerSize } from "../../src/ctypes/index.ts";

describe("abiOf", () => {
  it.each([
    ["win32", "x64", "win32-x64"],
    ["win32", "arm64", "win32-arm64"],
    ["win32", "ia32", "win32-ia32"],
    ["linux", "x64", "posix-64"],
    ["linux", "arm64", "posix-64"],
    ["darwin", "arm64", "posix-64"],
    ["darwin", "x64", "darwin-x64"],
  ] as const)("maps %s on %s to %s", (platform, arch, abi) => {
    expect(abiOf(platform, arch)).toBe(abi);
  });

  it("answers one of the known ABIs whatever Node calls its platform and processor", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (platform, arch) => {
        expect(abis).toContain(abiOf(platform, arch));
        expect(abis).toContain(abiOf("win32", arch));
      }),
    );
  });

  it("decides the ABI of this process", () => {
    expect(hostAbi).toBe(abiOf(process.platform, process.arch));
  });
});

describe("pointerSize", () => {
  it("is four bytes on 32-bit x86 alone", () => {
    expect(abis.filter((abi) => pointerSize(abi) === 4)).toEqual(["win32-ia32"]);
    expect(abis.filter((abi) => pointerSize(abi) === 8)).toEqual([
      "win32-x64",
      "win32-arm64",
      "posix-64",
      "darwin-x64",
    ]);
  });
});
