import type { Arena } from "../memory/index.ts";
import { isBytes } from "../values/index.ts";
import type { CredentialOptions, Request } from "./credential-options.ts";
import { writeCredssp } from "./credssp/credssp-credential.ts";
import { readCredssp } from "./credssp/credssp-options.ts";
import { credsspElsewhere, isCredssp } from "./credssp/credssp-packages.ts";
import { type AnyIdentity, checkIdentityFor, readAnyIdentity, writeAnyIdentity } from "./identities/any-identity.ts";
import { AuthIdentity, heldIdentityOf } from "./identities/auth-identity.ts";
import { type Identity, writeWinprIdentity } from "./identities/identity.ts";
import { packageListText } from "./identities/identity-options.ts";
import { readsIdentity, usesTickets } from "./package-kinds.ts";
import { looksUsersUp } from "./sam-file.ts";
import { certificatesOf, writeSchannel } from "./schannel/schannel-credential.ts";
import { readSchannel, schannelVersion } from "./schannel/schannel-options.ts";
import { isSchannel } from "./schannel/schannel-packages.ts";

/** The options that `pAuthData` is made from; at most one of them is given. */
const kinds = ["identity", "schannel", "credssp"] as const;

/** Whether an option for `pAuthData` is given. */
export function hasAuthData(options: CredentialOptions): boolean {
  return kinds.some((kind) => options[kind] !== undefined);
}

/** The options for `pAuthData`, in a copy of the caller's. */
type AuthData = { -readonly [Name in (typeof kinds)[number]]?: NonNullable<CredentialOptions[Name]> };

/**
 * Replaces the options for `pAuthData` by checked copies.
 *
 * @throws TypeError, RangeError; a secret is never part of the message.
 */
export function readAuthData(options: AuthData): void {
  const { identity, schannel, credssp } = options;
  if (Number(identity !== undefined) + Number(schannel !== undefined) + Number(credssp !== undefined) > 1) {
    const [one, other] = kinds.filter((kind) => options[kind] !== undefined);
    throw new TypeError(`${other}: expected only one of ${kinds.join(", ")}; got ${one} too`);
  }
  if (identity !== undefined) options.identity = readAnyIdentity(identity, "identity");
  if (schannel !== undefined) options.schannel = readSchannel(schannel, "schannel");
  if (credssp !== undefined) options.credssp = readCredssp(credssp);
}

/** @throws RangeError if the package would read another struct. */
export function checkForPackage({ identity, schannel, credssp, package: name }: CredentialOptions): void {
  if (identity !== undefined && isSchannel(name)) throw new RangeError("identity: Schannel takes schannel instead");
  if (schannel !== undefined) {
    if (readsIdentity(name) || isCredssp(name))
      throw new RangeError(`schannel: only Schannel takes it, not ${JSON.stringify(name)}`);
  }
  if (credssp === undefined) return;
  if (readsIdentity(name) || isSchannel(name))
    throw new RangeError(`credssp: only CREDSSP takes it, not ${JSON.stringify(name)}`);
}

/** @throws RangeError if the provider would read something else in the struct. */
export function checkForProvider({ provider, options }: Omit<Request, "package">): void {
  const { identity, winpr, schannel, credssp } = options;
  const { label, traits } = provider;
  if (credssp !== undefined && traits.credsspAuthData === "identity")
    throw new RangeError(`credssp: ${label} takes an identity instead; ${credsspElsewhere}`);
  if (schannel !== undefined && schannelVersion(schannel) === 5 && !traits.readsSchCredentials)
    throw new RangeError(`schannel.version: ${label} reads SCHANNEL_CRED (version 4) only`);
  if (identity !== undefined && traits.credsspAuthData === "CREDSSP_CRED" && isCredssp(options.package))
    throw new RangeError("identity: CREDSSP takes it in credssp.spnego");
  if (credssp?.spnego !== undefined && !isBytes(credssp.spnego))
    checkIdentityFor(provider, credssp.spnego, "credssp.spnego");
  if (identity !== undefined) checkIdentityFor(provider, identity);
  if (winpr?.samFile === undefined) return;
  if (options.use === "outbound") throw new RangeError("winpr.samFile: only a server looks its users up");
  if (!looksUsersUp(options.package))
    throw new RangeError(`winpr.samFile: ${JSON.stringify(options.package)} looks no users up in a file`);
  if (schannel !== undefined) throw new RangeError("winpr.samFile: goes with no schannel");
  if (identity !== undefined && (!isPlain(identity) || identity.packageList !== undefined))
    throw new RangeError("winpr.samFile: goes with an identity of user, domain and password only");
}

/**
 * Whether the package would use existing tickets of the user instead of the password, unless it gets a ticket cache of
 * its own.
 */
export function wantsTicketFolder({ provider, options, package: { name } }: Request): boolean {
  const { identity } = options;
  if (!provider.traits.namesTicketCache || !isPlain(identity) || !usesTickets(name)) return false;
  // Without Kerberos no tickets can be used in place of the password.
  const listed = packageListText(identity.packageList).split(",");
  return !listed.some((entry) => entry.toLowerCase() === "!kerberos");
}

/**
 * Writes `pAuthData` into an arena that the caller wipes, and returns its address; 0 for the user that the process runs
 * as. `ticketCache` is given if {@link wantsTicketFolder} is true.
 */
export function writeAuthData(arena: Arena, { provider, options }: Request, ticketCache?: string): number | bigint {
  const { identity, winpr, schannel, credssp, use } = options;
  if (schannel !== undefined) return writeSchannel(arena, schannel, use).address;
  if (credssp !== undefined) return writeCredssp(arena, credssp, use).address;
  // If the SAM file is an attribute of the context, the server context sets it there.
  const samFile = provider.traits.samFile === "identity" ? winpr?.samFile : undefined;
  if (samFile !== undefined || ticketCache !== undefined)
    return writeWinprIdentity(arena, isPlain(identity) ? identity : undefined, { samFile, ticketCache }).address;
  return identity === undefined ? 0 : writeAnyIdentity(arena, identity);
}

function isPlain(identity: AnyIdentity | undefined): identity is Identity {
  return identity !== undefined && "password" in identity;
}

/** Retains the certificates that the credential uses; the returned function releases them. */
export function holdCertificates({ schannel, credssp }: CredentialOptions): (() => void) | undefined {
  const options = schannel ?? credssp?.schannel;
  if (options?.certificates === undefined || options.certificates.length === 0) return undefined;
  const held = certificatesOf(options);
  for (const certificate of held) certificate.retain();
  return () => {
    for (const certificate of held) certificate.letGo();
  };
}

/** Retains the identity that the call reads, until the returned function is called. */
export function holdIdentity({ identity, credssp }: CredentialOptions): (() => void) | undefined {
  const looked = identity ?? credssp?.spnego;
  if (!(looked instanceof AuthIdentity)) return undefined;
  const held = heldIdentityOf(looked);
  held.retain();
  return () => held.letGo();
}
