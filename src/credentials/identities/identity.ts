import { SEC_WINNT_AUTH_IDENTITY_VERSION } from "../../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW, SEC_WINNT_AUTH_IDENTITY_W } from "../../../generated/sspi/structs.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXTENDED } from "../../../generated/winpr/constants.ts";
import {
  SEC_WINNT_AUTH_IDENTITY_WINPR,
  SEC_WINPR_KERBEROS_SETTINGS,
  SEC_WINPR_NTLM_SETTINGS,
} from "../../../generated/winpr/structs.ts";
import { hostAbi, type Struct } from "../../ctypes/index.ts";
import { type Arena, type Room, writeWideSecret, writeWideString } from "../../memory/index.ts";
import { checkSecret, checkText, type OptionNames, readOptions, type Secret, unset } from "../../values/index.ts";
import { checkIdentityOptions, type IdentityFlag, identityFlags, packageListText } from "./identity-options.ts";

/** The user to log on as, if it is not the user that the process runs as. */
export interface Identity {
  /** The account's name, `alice` or `alice@example.test`; with the first form, give the `domain` too. */
  readonly user: string;
  /** The account's domain; empty or omitted if the user name contains it (`alice@example.test`). */
  readonly domain?: string;
  /**
   * A password, or the PIN of a smart card: text, or its UTF-8 bytes, which are never converted to a string. It is
   * copied into memory that is zeroed after the call. The caller may zero its bytes as soon as the call has returned,
   * or its promise has settled.
   */
  readonly password: Secret;
  /**
   * The packages that Negotiate may choose from: `"kerberos,ntlm"`, `["kerberos", "ntlm"]`; `"!ntlm"` allows all but
   * NTLM. A package that is excluded has to exist, in Windows or in the provider, because excluding a mistyped name would
   * exclude nothing.
   */
  readonly packageList?: string | readonly string[];
  /** `SEC_WINNT_AUTH_IDENTITY_*` by name: `"only"` uses these credentials or none … */
  readonly flags?: readonly IdentityFlag[];
}

const identityNames: OptionNames<Identity> = {
  user: true,
  domain: true,
  password: true,
  packageList: true,
  flags: true,
};

const noOptions = unset(identityNames);

/** Returns a checked copy. @throws TypeError, RangeError; a password is never part of the message. */
export function readIdentity(given: Identity, argument: string): Identity {
  const identity = readOptions<Identity>(given, argument, identityNames, undefined, { ...noOptions });
  checkText(identity.user, `${argument}.user`);
  if (identity.domain !== undefined) checkText(identity.domain, `${argument}.domain`);
  const password = checkSecret(identity.password, `${argument}.password`);
  checkIdentityOptions(identity, argument);
  return { ...identity, password };
}

const { size: plainSize, offsets: plain } = SEC_WINNT_AUTH_IDENTITY_W.layouts[hostAbi];

/**
 * Writes `SEC_WINNT_AUTH_IDENTITY_W` and its strings into an arena that the caller wipes. It uses plain stores, because
 * the generated writer would check again, and take longer than the rest of an acquisition.
 */
export function writeIdentity(arena: Arena, identity: Identity): Room {
  const { user, domain, password } = identityTexts(arena, identity);
  const room = arena.allocate(plainSize);
  room.putPointer(plain.User, user.address);
  room.putUint32(plain.UserLength, textLength(user));
  room.putPointer(plain.Domain, domain.address);
  room.putUint32(plain.DomainLength, textLength(domain));
  room.putPointer(plain.Password, password.address);
  room.putUint32(plain.PasswordLength, textLength(password));
  room.putUint32(plain.Flags, identityFlags(identity.flags));
  return room;
}

/** Writes `SEC_WINNT_AUTH_IDENTITY_EXW`: the same with a list of packages. */
export function writeExtendedIdentity(arena: Arena, identity: Identity): Room {
  const rooms = identityTexts(arena, identity);
  const list = writeWideString(arena, packageListText(identity.packageList));
  const room = arena.allocate(SEC_WINNT_AUTH_IDENTITY_EXW.layouts[hostAbi].size);
  const fields: SEC_WINNT_AUTH_IDENTITY_EXW = {
    Version: SEC_WINNT_AUTH_IDENTITY_VERSION,
    Length: room.size,
    ...identityFields(rooms),
    Flags: identityFlags(identity.flags),
    PackageList: BigInt(list.address),
    PackageListLength: textLength(list),
  };
  SEC_WINNT_AUTH_IDENTITY_EXW.write(room.arena.view, fields, room.offset);
  return room;
}

/** Settings for WinPR in addition to the user's identity. */
export interface WinprSettings {
  /** The SAM file with the users of WinPR's NTLM server. */
  readonly samFile?: string | undefined;
  /** The cache for the tickets of WinPR's Kerberos. */
  readonly ticketCache?: string | undefined;
}

/** WinPR's extended identity: `SEC_WINNT_AUTH_IDENTITY_EXW` followed by settings of its packages. */
export function writeWinprIdentity(arena: Arena, identity: Identity | undefined, given: WinprSettings): Room {
  const rooms = identityTexts(arena, identity ?? { user: "", password: "" });
  const list = writeWideString(arena, packageListText(identity?.packageList));
  const room = arena.allocate(SEC_WINNT_AUTH_IDENTITY_WINPR.layouts[hostAbi].size);
  const extended: SEC_WINNT_AUTH_IDENTITY_EXW = {
    Version: SEC_WINNT_AUTH_IDENTITY_VERSION,
    Length: room.size,
    ...(identity ? identityFields(rooms) : noIdentity),
    Flags: (identityFlags(identity?.flags) | SEC_WINNT_AUTH_IDENTITY_EXTENDED) >>> 0,
    PackageList: identity?.packageList === undefined ? 0n : BigInt(list.address),
    PackageListLength: textLength(list),
  };
  const ntlmSettings = writeSetting(arena, SEC_WINPR_NTLM_SETTINGS, "samFile", given.samFile);
  const kerberosSettings = writeSetting(arena, SEC_WINPR_KERBEROS_SETTINGS, "cache", given.ticketCache);
  const value = { identity: extended, ntlmSettings, kerberosSettings };
  SEC_WINNT_AUTH_IDENTITY_WINPR.write(room.arena.view, value, room.offset);
  return room;
}

/** Writes a package's settings, of which only one is set, and returns the address; 0 if the value is not given. */
function writeSetting<T, K extends keyof T & string>(
  arena: Arena,
  settings: Struct<T, keyof T & string>,
  name: K,
  value: string | undefined,
): bigint {
  if (value === undefined) return 0n;
  const text = arena.write(Buffer.from(`${value}\0`));
  const room = arena.allocate(settings.layouts[hostAbi].size);
  settings.write(room.arena.view, { [name]: BigInt(text.address) } as Partial<T>, room.offset);
  return BigInt(room.address);
}

const noIdentity = { User: 0n, UserLength: 0, Domain: 0n, DomainLength: 0, Password: 0n, PasswordLength: 0 };

interface IdentityTexts {
  readonly user: Room;
  readonly domain: Room;
  readonly password: Room;
}

function identityTexts(arena: Arena, { user, domain = "", password }: Identity): IdentityTexts {
  return {
    user: writeWideString(arena, user),
    domain: writeWideString(arena, domain),
    password: writeWideSecret(arena, password),
  };
}

/** The length in UTF-16 code units, without the terminator. */
function textLength(text: Room): number {
  return text.size / 2 - 1;
}

function identityFields({ user, domain, password }: IdentityTexts): typeof noIdentity {
  return {
    User: BigInt(user.address),
    UserLength: textLength(user),
    Domain: BigInt(domain.address),
    DomainLength: textLength(domain),
    Password: BigInt(password.address),
    PasswordLength: textLength(password),
  };
}
