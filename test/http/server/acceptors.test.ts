import { describe, expect, it } from "vitest";
import { SEC_WINNT_AUTH_IDENTITY_EXW } from "../../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNKNOWN_CREDENTIALS } from "../../../generated/status/constants.ts";
import { HttpAuthenticator, type HttpAuthenticatorOptions } from "../../../src/http.ts";
import { copyOut, readStruct } from "../../../src/native/index.ts";
import { scripted } from "../../scripted/scripted.ts";

/** The package list of an acquisition; undefined where it has no identity. */
function listAt(address: bigint): string | undefined {
  if (address === 0n) return undefined;
  const { PackageList, PackageListLength } = readStruct(SEC_WINNT_AUTH_IDENTITY_EXW, address);
  return Buffer.from(copyOut(PackageList, PackageListLength * 2)).toString("utf16le");
}

function windows(packageName: string, refusesList = false) {
  const acquire = ({ authData }: { readonly authData?: unknown }): number =>
    refusesList && authData !== undefined ? SEC_E_UNKNOWN_CREDENTIALS : SEC_E_OK;
  return scripted({ packageName, authData: listAt, acquire });
}

describe("the credentials that clients are accepted with, on a provider that honours package lists", () => {
  it.each([
    ["leave out NTLM for Negotiate", "Negotiate", {}, "!ntlm"],
    ["are all packages' where ntlm is true", "Negotiate", { ntlm: true }, undefined],
    ["are NTLM's for the scheme NTLM", "NTLM", { schemes: ["NTLM"] }, undefined],
  ] as const)(
    "S16 of a new HttpAuthenticator %s",
    (_, packageName, options: Partial<HttpAuthenticatorOptions>, list) => {
      const sspi = windows(packageName);
      const credential = { provider: sspi.provider };
      new HttpAuthenticator({ schemes: ["Negotiate"], credential, ...options }).close();
      expect(sspi.acquisitions.at(-1)?.authData).toBe(list);
    },
  );

  it("S16 are acquired without a list where the package refuses that, which its tokens do not depend on", () => {
    const sspi = windows("Negotiate", true);
    new HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: sspi.provider } }).close();
    expect(sspi.acquisitions.map(({ authData }) => authData)).toEqual([undefined, "!ntlm"]);
  });
});
