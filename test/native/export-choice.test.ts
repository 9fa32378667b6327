import { describe, expect, it } from "vitest";
import { SspiEncryptAuthIdentity, SspiEncryptAuthIdentityEx } from "../../generated/sspi/functions.ts";
import type { FunctionDeclaration } from "../../src/ctypes/index.ts";
import type { NativeFunction } from "../../src/native/index.ts";
import { exportOf } from "../../src/native/sspi-library.ts";

const named = (library: string): NativeFunction => Object.assign(() => 0, { library }) as unknown as NativeFunction;
const libraryOf = (found: NativeFunction | undefined): unknown => (found as { library?: string } | undefined)?.library;

/** Searches as on a Windows whose secur32.dll exports `own`, and whose sspicli.dll exports everything. */
function choice(declaration: FunctionDeclaration, own: readonly string[], completed = true) {
  const asked: string[] = [];
  const found = exportOf(declaration, {
    own: ({ name }) => (own.includes(name) ? named("secur32.dll") : undefined),
    beside: (dll) => {
      asked.push(dll);
      return dll === "sspicli.dll" ? named(dll) : undefined;
    },
    completed: () => completed,
  });
  return { found: libraryOf(found), asked };
}

describe("a function of SSPI identities", () => {
  it("is taken from sspicli.dll when Microsoft's secur32.dll does not export it", () => {
    expect(choice(SspiEncryptAuthIdentityEx, ["SspiEncryptAuthIdentity"])).toEqual({
      found: "sspicli.dll",
      asked: ["sspicli.dll"],
    });
  });

  it("is taken from secur32.dll when it exports it", () => {
    expect(choice(SspiEncryptAuthIdentity, ["SspiEncryptAuthIdentity"])).toEqual({ found: "secur32.dll", asked: [] });
  });

  it("is absent on Wine and beside other libraries, and sspicli.dll is never searched there", () => {
    expect(choice(SspiEncryptAuthIdentityEx, [], false)).toEqual({ found: undefined, asked: [] });
  });

  it("is searched in every DLL that the header names, in that order", () => {
    expect(choice(SspiEncryptAuthIdentity, [])).toEqual({
      found: "sspicli.dll",
      asked: ["secur32.dll", "sspicli.dll"],
    });
  });
});
