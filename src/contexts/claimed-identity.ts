import { SECPKG_ATTR_AUTH_IDENTITY } from "../../generated/winpr/constants.ts";
import { SecPkgContext_AuthIdentity } from "../../generated/winpr/structs.ts";
import { attribute } from "../ctypes/index.ts";
import type { SharedHandle } from "../memory/index.ts";
import { PeerNameError } from "./peer.ts";
import { queryDeclared } from "./query-context.ts";

/** Its declaration: WinPR's own attribute, which the headers of Windows do not have. */
export const authIdentity = attribute<SecPkgContext_AuthIdentity>({
  constant: "SECPKG_ATTR_AUTH_IDENTITY",
  value: SECPKG_ATTR_AUTH_IDENTITY,
  struct: SecPkgContext_AuthIdentity,
  pointers: [],
  times: [],
});

/** The names that a client wrote into the message that proves its password. */
export interface ClaimedIdentity {
  readonly user: string;
  readonly domain: string;
}

/** Reads the account and domain that WinPR reports, which are the client's claim. @throws PeerNameError, SspiError */
export function claimedIdentity(context: SharedHandle): ClaimedIdentity {
  const { User, Domain } = queryDeclared(context, authIdentity);
  return { user: textOf(User), domain: textOf(Domain) };
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  // A name that fills the whole field may be truncated, and could then be the name of another account.
  if (end < 0) throw new PeerNameError(`a part of it has more than ${bytes.length - 1} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
  } catch (error) {
    throw new PeerNameError("it is no UTF-8", error);
  }
}
