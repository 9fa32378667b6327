import { describe, expect, it } from "vitest";
import * as constants from "../../generated/ntsecpkg/constants.ts";
import {
  LSA_DISPATCH_TABLE,
  LSA_SECPKG_FUNCTION_TABLE,
  SECPKG_DLL_FUNCTIONS,
  SECPKG_FUNCTION_TABLE,
  SECPKG_KERNEL_FUNCTION_TABLE,
  SECPKG_KERNEL_FUNCTIONS,
  SECPKG_USER_FUNCTION_TABLE,
} from "../../generated/ntsecpkg/structs.ts";
import type { Abi, Struct } from "../../src/ctypes/index.ts";

/** The byte at which each version ends. */
function ends({ table, layouts }: Struct, abi: Abi, pointer: number): [version: number, bytes: number][] {
  const offsets = layouts[abi].offsets as Readonly<Record<string, number>>;
  return (table?.ends ?? []).map(({ version, last }) => [version, (offsets[last] as number) + pointer]);
}

describe("a package's tables end where the package's version says", () => {
  const packageTable: readonly [version: number, x64: number][] = [
    [0x0001_0000, 216],
    [0x0002_0000, 224],
    [0x0004_0000, 232],
    [0x0008_0000, 240],
    [0x0010_0000, 272],
    [0x0020_0000, 280],
    [0x0040_0000, 288],
    [0x0080_0000, 304],
    [0x0100_0000, 312],
    [0x0200_0000, 336],
    [0x0400_0000, 344],
  ];
  const userTable: readonly [version: number, x64: number][] = [
    [0x0001_0000, 14 * 8],
    [0x0002_0000, 15 * 8],
  ];
  it.each([
    { struct: SECPKG_FUNCTION_TABLE, known: packageTable },
    { struct: SECPKG_USER_FUNCTION_TABLE, known: userTable },
  ])("$struct.name", ({ struct, known }) => {
    for (const abi of ["win32-x64", "win32-arm64", "posix-64"] as const) expect(ends(struct, abi, 8)).toEqual(known);
    expect(ends(struct, "win32-ia32", 4)).toEqual(known.map(([version, bytes]) => [version, bytes / 2]));
    expect(struct.layouts["win32-x64"].size).toBe(known.at(-1)?.[1]);
  });

  it("the versions are bits with the header's values", () => {
    const { SECPKG_INTERFACE_VERSION: first, SECPKG_INTERFACE_VERSION_11: last } = constants;
    expect([first, last]).toEqual([packageTable[0]?.[0], packageTable.at(-1)?.[0]]);
    for (const [version] of packageTable) expect(version & (version - 1)).toBe(0);
  });
});

describe("a table has nothing but function pointers, and says what each one is", () => {
  it.each([
    { struct: SECPKG_FUNCTION_TABLE, members: 43 },
    { struct: SECPKG_USER_FUNCTION_TABLE, members: 15 },
    { struct: LSA_SECPKG_FUNCTION_TABLE, members: 66 },
    { struct: LSA_DISPATCH_TABLE, members: 11 },
    { struct: SECPKG_DLL_FUNCTIONS, members: 4 },
    { struct: SECPKG_KERNEL_FUNCTIONS, members: 9 },
    { struct: SECPKG_KERNEL_FUNCTION_TABLE, members: 15 },
  ] as readonly { struct: Struct; members: number }[])("$struct.name", ({ struct, members }) => {
    const names = Object.keys(struct.fields());
    expect(names.length).toBe(members);
    expect(Object.keys(struct.functions?.() ?? {})).toEqual(names);
    expect(struct.layouts["win32-x64"].size).toBe(members * 8);
    expect(struct.layouts["win32-ia32"].size).toBe(members * 4);
    expect(Object.values(struct.layouts["win32-x64"].offsets)).toEqual(names.map((_, index) => index * 8));
  });

  it("what authentication packages are given is how what packages are given begins", () => {
    const dispatch = Object.entries(LSA_DISPATCH_TABLE.functions?.() ?? {});
    const full = Object.entries(LSA_SECPKG_FUNCTION_TABLE.functions?.() ?? {});
    expect(full.slice(0, dispatch.length)).toEqual(dispatch);
  });

  it("spells members as the header does, not as the macros for W and A make them", () => {
    const names = [SECPKG_FUNCTION_TABLE, SECPKG_USER_FUNCTION_TABLE].flatMap((one) => Object.keys(one.fields()));
    expect(names).toEqual(expect.arrayContaining(["LogonUser", "AcquireCredentialsHandle", "QueryContextAttributes"]));
    expect(names.filter((name) => name.endsWith("W"))).toEqual([]);
  });
});
