import { expect, it } from "vitest";
import { hostAbi } from "../../src/ctypes/index.ts";
import { Credential, packages } from "../../src/index.ts";
import { addressOf } from "../../src/native/memory-access.ts";
import * as raw from "../../src/raw.ts";
import { wine } from "./loopback.ts";

/** `CREDSSP_CRED` for the user of this process, over TLS without checks; it points to `keep`, which must stay alive. */
function credsspCred(): { readonly cred: Uint8Array<ArrayBuffer>; readonly keep: Uint8Array } {
  const { SCHANNEL_CRED, CREDSSP_CRED, CREDSPP_SUBMIT_TYPE } = raw;
  const keep = new Uint8Array(SCHANNEL_CRED.layouts[hostAbi].size);
  const dwFlags = raw.SCH_CRED_MANUAL_CRED_VALIDATION | raw.SCH_CRED_NO_DEFAULT_CREDS;
  SCHANNEL_CRED.write(new DataView(keep.buffer), { dwVersion: raw.SCHANNEL_CRED_VERSION, dwFlags });
  const cred = new Uint8Array(CREDSSP_CRED.layouts[hostAbi].size);
  const Type = CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds;
  CREDSSP_CRED.write(new DataView(cred.buffer), { Type, pSchannelCred: addressOf(keep) });
  return { cred, keep };
}

it("AcquireCredentialsHandleW acquires CREDSSP for the current user; under Wine, which lacks it, SEC_E_SECPKG_NOT_FOUND", () => {
  const { cred, keep } = credsspCred();
  const handle: Partial<raw.SecHandle> = {};
  const expiry: [bigint?] = [];
  const use = raw.SECPKG_CRED_OUTBOUND;
  const status = raw.AcquireCredentialsHandleW(null, "CREDSSP", use, null, cred, null, null, handle, expiry);
  expect(keep.length).toBeGreaterThan(0);
  expect(packages().some((entry) => entry.name.toUpperCase() === "CREDSSP")).toBe(!wine);
  if (wine) {
    expect(status >>> 0).toBe(raw.SEC_E_SECPKG_NOT_FOUND >>> 0);
    expect(() => Credential.acquireSync({ package: "CREDSSP", use: "outbound" })).toThrow("SEC_E_SECPKG_NOT_FOUND");
    return;
  }
  expect(status >>> 0).toBe(0);
  expect(raw.FreeCredentialsHandle(handle as raw.SecHandle)).toBe(0);
});
