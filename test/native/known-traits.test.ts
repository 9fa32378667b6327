import { describe, expect, it } from "vitest";
import { documentedTraits, traitsOfLibrary } from "../../src/native/known-traits.ts";
import { includesPackage } from "../../src/native/provider-traits.ts";

const onWindows = (): boolean => false;
const onWine = (): boolean => true;

describe("traits of a known library", () => {
  it("are the documented ones for secur32 on Windows", () => {
    expect(traitsOfLibrary("secur32", undefined, onWindows)).toEqual(documentedTraits);
  });

  it("differ for secur32 on Wine, which reads plain identities only", () => {
    expect(traitsOfLibrary("secur32", undefined, onWine)).toMatchObject({
      readsExtendedIdentity: false,
      readsPackedIdentity: false,
      reportsClose: false,
      boundsTokens: true,
    });
  });

  it.each([
    ["2.11.7", { samFile: "attribute", readsExtendedIdentity: false, sendsBindings: [] }],
    ["3.10.3", { samFile: "identity", readsExtendedIdentity: true, sendsBindings: ["NTLM", "Kerberos"] }],
    ["10.0.0", { samFile: "identity", readsExtendedIdentity: true }],
    [undefined, { samFile: "attribute", readsExtendedIdentity: false }],
  ])("follow the version of WinPR: %s", (version, traits) => {
    expect(traitsOfLibrary("winpr", version, onWindows)).toMatchObject({ ...traits, boundsTokens: false });
  });

  it("are found without asking whether Windows is Wine if the library is not secur32", () => {
    const asked = (): boolean => {
      throw new Error("asked");
    };
    for (const kind of ["winpr", "sspi-rs", "other"] as const)
      expect(() => traitsOfLibrary(kind, undefined, asked)).not.toThrow();
  });

  it("are cautious for an unknown library: the package checks the peer's tokens first", () => {
    expect(traitsOfLibrary("other", undefined, onWindows)).toMatchObject({
      boundsTokens: false,
      survivesTgtReq: false,
    });
  });
});

describe("includesPackage()", () => {
  it.each([
    ["all", "Kerberos", true],
    [[], "Kerberos", false],
    [["NTLM", "Kerberos"], "kerberos", true],
    [["NTLM"], "Kerberos", false],
  ] as const)("on the set %j includes %s: %s", (set, name, included) => {
    expect(includesPackage(set, name)).toBe(included);
  });
});
