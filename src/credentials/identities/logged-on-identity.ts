import { SEC_WINNT_AUTH_IDENTITY_VERSION } from "../../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { type Arena, type Room, writeWideString } from "../../memory/index.ts";
import { type OptionNames, readOptions } from "../../values/index.ts";
import { checkIdentityOptions, type IdentityFlag, identityFlags, packageListText } from "./identity-options.ts";

/**
 * The user that the process runs as, with a choice of the packages that Negotiate may use: `{ packageList: "!ntlm" }`.
 */
export interface LoggedOnIdentity {
  /**
   * The packages that Negotiate may choose from: `"kerberos,ntlm"`, `["kerberos"]`; `"!ntlm"` allows all but NTLM. A
   * package that is excluded has to exist.
   */
  readonly packageList: string | readonly string[];
  /** `SEC_WINNT_AUTH_IDENTITY_*` by name. */
  readonly flags?: readonly IdentityFlag[];
}

const names: OptionNames<LoggedOnIdentity> = { packageList: true, flags: true };
const whose = ["user", "domain", "password", "packedCredentials"];

/** Whether an identity has a list of packages and names no user. */
export function isLoggedOn(identity: object): identity is LoggedOnIdentity {
  return Object.hasOwn(identity, "packageList") && !whose.some((name) => Object.hasOwn(identity, name));
}

/** Returns a checked copy. @throws TypeError, RangeError */
export function readLoggedOnIdentity(given: LoggedOnIdentity, argument: string): LoggedOnIdentity {
  const identity = readOptions<LoggedOnIdentity>(given, argument, names);
  if (identity.packageList === undefined)
    throw new TypeError(`${argument}.packageList: expected package names, got undefined`);
  checkIdentityOptions(identity, argument);
  return identity;
}

/** `SEC_WINNT_AUTH_IDENTITY_EXW` with a list of packages, and NULL for user, domain and password. */
export function writeLoggedOnIdentity(arena: Arena, { packageList, flags }: LoggedOnIdentity): Room {
  const list = writeWideString(arena, packageListText(packageList));
  const room = arena.allocate(SEC_WINNT_AUTH_IDENTITY_EXW.layouts[hostAbi].size);
  const fields: Partial<SEC_WINNT_AUTH_IDENTITY_EXW> = {
    Version: SEC_WINNT_AUTH_IDENTITY_VERSION,
    Length: room.size,
    Flags: identityFlags(flags),
    PackageList: BigInt(list.address),
    PackageListLength: list.size / 2 - 1,
  };
  SEC_WINNT_AUTH_IDENTITY_EXW.write(room.arena.view, fields, room.offset);
  return room;
}
