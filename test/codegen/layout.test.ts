import { describe, expect, it } from "vitest";
import * as sspi from "../../generated/sspi/structs.ts";
import * as winpr from "../../generated/winpr/structs.ts";
import type { Abi, Struct } from "../../src/ctypes/index.ts";

interface Known {
  readonly struct: Struct;
  readonly wide: readonly [size: number, align: number];
  readonly ia32: readonly [size: number, align: number];
}

const known: readonly Known[] = [
  { struct: sspi.SecHandle, wide: [16, 8], ia32: [8, 4] },
  { struct: sspi.SecBuffer, wide: [16, 8], ia32: [12, 4] },
  { struct: sspi.SecBufferDesc, wide: [16, 8], ia32: [12, 4] },
  { struct: sspi.SecPkgInfoW, wide: [32, 8], ia32: [20, 4] },
  { struct: sspi.SecurityFunctionTableW, wide: [256, 8], ia32: [128, 4] },
  { struct: sspi.SEC_WINNT_AUTH_IDENTITY_W, wide: [48, 8], ia32: [28, 4] },
  { struct: sspi.SEC_WINNT_AUTH_IDENTITY_EXW, wide: [72, 8], ia32: [44, 4] },
  { struct: sspi.SEC_CHANNEL_BINDINGS, wide: [32, 4], ia32: [32, 4] },
  { struct: sspi.SEC_FLAGS, wide: [8, 8], ia32: [8, 8] },
  { struct: sspi.SecPkgContext_Lifespan, wide: [16, 8], ia32: [16, 8] },
  { struct: sspi.SecPkgContext_PasswordExpiry, wide: [8, 8], ia32: [8, 8] },
  { struct: sspi.SecPkgContext_KeyInfoW, wide: [32, 8], ia32: [20, 4] },
  { struct: sspi.SecPkgContext_NegoKeys, wide: [32, 8], ia32: [24, 4] },
  { struct: sspi.SecPkgContext_ApplicationProtocol, wide: [264, 4], ia32: [264, 4] },
  { struct: sspi.SecPkgContext_SessionKey, wide: [16, 8], ia32: [8, 4] },
  { struct: winpr.SEC_WINNT_AUTH_IDENTITY_WINPR, wide: [88, 8], ia32: [52, 4] },
];

describe("layouts have the sizes that C compilers give them", () => {
  it.each(known)("$struct.name", ({ struct, wide, ia32 }) => {
    const of = (abi: Abi): [number, number] => [struct.layouts[abi].size, struct.layouts[abi].align];
    expect(of("win32-x64")).toEqual(wide);
    expect(of("win32-arm64")).toEqual(wide);
    expect(of("posix-64")).toEqual(wide);
    expect(of("win32-ia32")).toEqual(ia32);
  });
});

describe("SecurityFunctionTableW", () => {
  it("ends at 216, 224, 232, 240 and 256 bytes on x64, by version", () => {
    const { table, layouts } = sspi.SecurityFunctionTableW;
    const ends = table?.ends.map(({ version, last }) => [version, layouts["win32-x64"].offsets[last] + 8]);
    expect(ends).toEqual([
      [1, 216],
      [2, 224],
      [3, 232],
      [4, 240],
      [5, 256],
    ]);
  });
});
