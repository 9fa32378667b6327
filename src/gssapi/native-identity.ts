import {
  SEC_WINNT_AUTH_IDENTITY_ANSI,
  SEC_WINNT_AUTH_IDENTITY_VERSION,
  SEC_WINNT_AUTH_IDENTITY_VERSION_2,
} from "../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_EXW, SEC_WINNT_AUTH_IDENTITY_W } from "../../generated/sspi/structs.ts";
import { SEC_E_UNKNOWN_CREDENTIALS, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { Arena, encodeUtf8, type Room } from "../memory/index.ts";
import { copyOut, readStruct, readUint32 } from "../native/index.ts";
import { ProviderError } from "./gssapi-error.ts";

/** The identity that logs on, read from `pAuthData`. */
export interface NativeIdentity {
  readonly user: string;
  readonly domain: string;
  /** Whether the identity is the process's own user: the struct names at most packages. */
  readonly loggedOn: boolean;
  /** UTF-8, in memory that only this object uses; {@link wipe} zeroes it. */
  readonly password: Room;
  /** The packages that may be negotiated; empty if the caller named none. */
  readonly packages: readonly string[];
  wipe(): void;
}

/** The most UTF-16 units of a text; names and passwords are far shorter. */
const mostUnits = 0x7fff;

type PlainFields = Pick<
  SEC_WINNT_AUTH_IDENTITY_W,
  "User" | "UserLength" | "Domain" | "DomainLength" | "Password" | "PasswordLength" | "Flags"
>;

/**
 * Copies a `SEC_WINNT_AUTH_IDENTITY_W` or `_EXW`; undefined for NULL.
 *
 * @throws ProviderError for any other struct
 */
export function readIdentity(address: Address): NativeIdentity | undefined {
  if (BigInt(address) === 0n) return undefined;
  const version = readUint32(address);
  if (version === SEC_WINNT_AUTH_IDENTITY_VERSION_2)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "SEC_WINNT_AUTH_IDENTITY_EX2 is not read");
  if (version !== SEC_WINNT_AUTH_IDENTITY_VERSION)
    return { ...identityOf(readStruct(SEC_WINNT_AUTH_IDENTITY_W, address)), packages: [] };
  const fields = readStruct(SEC_WINNT_AUTH_IDENTITY_EXW, address);
  const list = text(fields.PackageList, fields.PackageListLength, isAnsi(fields));
  return { ...identityOf(fields), packages: list === "" ? [] : list.split(",") };
}

function isAnsi({ Flags }: PlainFields): boolean {
  return (Flags & SEC_WINNT_AUTH_IDENTITY_ANSI) !== 0;
}

function identityOf(fields: PlainFields): Omit<NativeIdentity, "packages"> {
  const ansi = isAnsi(fields);
  const password = readSecret(fields.Password, fields.PasswordLength, ansi);
  return {
    user: text(fields.User, fields.UserLength, ansi),
    domain: text(fields.Domain, fields.DomainLength, ansi),
    loggedOn: fields.User === 0n && fields.Domain === 0n && fields.Password === 0n,
    password,
    wipe: () => password.zero(),
  };
}

function bytesOf(address: bigint, length: number, ansi: boolean): Uint8Array<ArrayBuffer> {
  if (length > mostUnits) throw new ProviderError(SEC_E_UNKNOWN_CREDENTIALS, `an identity of ${length} characters`);
  return address === 0n ? new Uint8Array() : copyOut(address, length * (ansi ? 1 : 2));
}

function text(address: bigint, length: number, ansi: boolean): string {
  return Buffer.from(bytesOf(address, length, ansi).buffer).toString(ansi ? "utf8" : "utf16le");
}

/** Reads a secret without a string, which could not be zeroed. */
function readSecret(address: bigint, length: number, ansi: boolean): Room {
  const units = bytesOf(address, length, ansi);
  const arena = new Arena(Math.max(16, Math.ceil((length * 3) / 16) * 16));
  try {
    if (ansi) return arena.write(units);
    const end = encodeUtf8(new Uint16Array(units.buffer), arena.bytes);
    return arena.allocate(end);
  } finally {
    new Uint8Array(units.buffer).fill(0);
  }
}

/**
 * Whether a package list allows Kerberos, the only mechanism that GSSAPI's Negotiate agrees on. Listed names are the
 * only allowed packages; names after "!" are forbidden.
 */
export function allowsKerberos(packages: readonly string[]): boolean {
  const names = packages.map((name) => name.trim().toLowerCase());
  const named = names.filter((name) => !name.startsWith("!"));
  return !names.includes("!kerberos") && (named.length === 0 || named.includes("kerberos"));
}

/**
 * Returns the principal of an identity, in Kerberos' form. A domain becomes a realm, in capitals; the user name may
 * contain it too, as `DOMAIN\user` or `user@domain`.
 *
 * @throws ProviderError for an identity without a user
 */
export function principalOf({ user, domain }: Pick<NativeIdentity, "user" | "domain">): string {
  const { name, realm } = domain === "" ? split(user) : { name: user, realm: domain };
  if (name === "") throw new ProviderError(SEC_E_UNKNOWN_CREDENTIALS, "an identity without a user name");
  const quoted = name.replaceAll(/[\\@]/g, "\\$&");
  return realm === "" ? quoted : `${quoted}@${realm.toUpperCase().replaceAll(/[\\/@]/g, "\\$&")}`;
}

function split(user: string): { readonly name: string; readonly realm: string } {
  const slash = user.indexOf("\\");
  if (slash > 0) return { name: user.slice(slash + 1), realm: user.slice(0, slash) };
  const at = user.lastIndexOf("@");
  return at < 0 ? { name: user, realm: "" } : { name: user.slice(0, at), realm: user.slice(at + 1) };
}
