import { GSS_C_INDEFINITE, GSS_C_INITIATE } from "../../generated/gssapi/constants.ts";
import { SECPKG_CRED_INBOUND, SECPKG_CRED_OUTBOUND } from "../../generated/sspi/constants.ts";
import { SEC_E_LOGON_DENIED, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { Arena } from "../memory/index.ts";
import { CredentialStore, type StoreEntries } from "./credential-store.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import {
  type AcquiredCredential,
  acquireFrom,
  anyLifetime,
  GssapiCredential,
  type PackageName,
  type Role,
  type Source,
} from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import { checkLimits } from "./library-limits.ts";
import { type NativeIdentity, principalOf } from "./native-identity.ts";
import { blocking, type Steps } from "./native-steps.ts";
import { oidSetAddress } from "./object-identifiers.ts";
import { PrivateCache } from "./private-cache.ts";
import { logonStatusOf } from "./statuses.ts";
import { principalsOf } from "./targets.ts";
import { checkEnvironment } from "./unseen-environment.ts";

/** The arguments of AcquireCredentialsHandleW. */
export interface CredentialRequest {
  readonly package: PackageName;
  /** `SECPKG_CRED_*` */
  readonly use: number;
  readonly principal: string | undefined;
  readonly identity: NativeIdentity | undefined;
  readonly store: StoreEntries;
}

/** Acquires the credentials of each requested role once, to check that they exist and whose they are. */
export function* acquireCredential(calls: GssapiCalls, request: CredentialRequest): Steps<GssapiCredential> {
  const { package: package_, use, identity } = request;
  const [outbound, inbound] = [(use & SECPKG_CRED_OUTBOUND) !== 0, (use & SECPKG_CRED_INBOUND) !== 0];
  if (identity && inbound)
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "a server's keys come from a keytab, not from a password");
  const roles = (["outbound", "inbound"] as const).filter((role) => (role === "outbound" ? outbound : inbound));
  checkLimits(calls, { package: package_, roles, password: identity !== undefined });
  checkEnvironment(calls.library, { roles, store: request.store, password: identity !== undefined });
  const cache = needsCache(request) ? new PrivateCache(calls.library) : undefined;
  const sources: Partial<Record<Role, Source>> = {};
  try {
    if (identity && cache) yield* logOn(calls, identity, cache);
    if (outbound) sources.outbound = yield* sourceOf(calls, request, "outbound", cache);
    if (inbound) sources.inbound = yield* sourceOf(calls, request, "inbound", undefined);
    return new GssapiCredential(calls, package_, sources, cache);
  } catch (error) {
    for (const source of Object.values(sources)) calls.releaseName(source.name);
    cache?.destroy();
    throw error;
  }
}

/**
 * Whether the credential needs a cache of its own: tickets from a password or a client keytab must not mix with others.
 */
function needsCache({ identity, store }: CredentialRequest): boolean {
  return identity !== undefined || (store.client_keytab !== undefined && store.ccache === undefined);
}

/**
 * Asks the key distribution centre for a ticket, and stores it in a cache of the credential's own. It uses Kerberos
 * even for Negotiate: SPNEGO renumbers the errors, and this way a password is checked in only one way.
 */
function* logOn(calls: GssapiCalls, identity: NativeIdentity, cache: PrivateCache): Steps<void> {
  // MIT's library gives no reason for an empty password.
  if (identity.password.size === 0) throw new ProviderError(SEC_E_LOGON_DENIED, "an identity without a password");
  const name = calls.importName(principalOf(identity), "userName");
  let handle = 0;
  try {
    ({ handle } = yield* acquireWithPassword(calls, name, identity));
    storeInto(calls, handle, cache);
  } finally {
    calls.releaseName(name);
    calls.releaseCredential(handle);
  }
}

function* acquireWithPassword(
  calls: GssapiCalls,
  name: number,
  { password }: NativeIdentity,
): Steps<AcquiredCredential> {
  const arena = new Arena(64);
  const [minor, buffer, credential] = [arena.allocate(4), arena.allocate(16), arena.allocate(8)];
  buffer.putPointer(0, password.size);
  buffer.putPointer(8, password.address);
  const major = yield blocking(
    calls.library.get("gss_acquire_cred_with_password"),
    minor.address,
    name,
    buffer.address,
    anyLifetime,
    oidSetAddress("kerberos"),
    GSS_C_INITIATE,
    credential.address,
    0,
    0,
  );
  const code = arena.u32[minor.offset >> 2] as number;
  calls.check("gss_acquire_cred_with_password", major, code, "kerberos", logonStatusOf);
  return { handle: arena.getPointer(credential.offset), lifetime: 0 };
}

/** Stores the tickets of a `gss_cred_id_t`, whichever mechanism holds them. */
export function storeInto(calls: GssapiCalls, handle: number, cache: PrivateCache): void {
  const store = new CredentialStore({ ccache: cache.name });
  const arena = new Arena(16);
  const into = calls.library.get("gss_store_cred_into");
  const major = Number(into(arena.base, handle, GSS_C_INITIATE, 0, 1, 0, store.address, 0, 0)) >>> 0;
  calls.check("gss_store_cred_into", major, arena.u32[0] as number, "kerberos");
}

/**
 * Returns the source of a role, acquired once; its name, store and expiry then stay fixed. It uses Kerberos even for
 * Negotiate: without tickets SPNEGO would find a credential of another mechanism, and one such mechanism ends the
 * process when it is asked for the credential's name.
 */
export function* sourceOf(
  calls: GssapiCalls,
  { principal, store, identity }: Pick<CredentialRequest, "principal" | "store" | "identity">,
  role: Role,
  cache: PrivateCache | undefined,
): Steps<Source> {
  const entries = storeOf(role, cache ? { ...store, ccache: cache.name } : store);
  const held = Object.keys(entries).length === 0 ? undefined : new CredentialStore(entries);
  const wanted = identity || principal === undefined ? 0 : importPrincipal(calls, role, principal);
  const { handle } = yield* acquireFrom(calls, "Kerberos", role, { name: wanted, store: held });
  try {
    const { name, lifetime } = yield* inquire(calls, handle);
    const expiry = lifetime === GSS_C_INDEFINITE ? undefined : new Date(Date.now() + lifetime * 1000);
    const text = calls.displayName(name) ?? "";
    // A client keeps the name that it was acquired for; a server without a principal uses all of its keys.
    const pinned = role === "outbound" && wanted === 0 ? name : wanted;
    if (pinned !== name) calls.releaseName(name);
    return { name: pinned, store: held, expiry, text };
  } catch (error) {
    calls.releaseName(wanted);
    throw error;
  } finally {
    calls.releaseCredential(handle);
  }
}

function storeOf(role: Role, { ccache, client_keytab, keytab, rcache }: StoreEntries): StoreEntries {
  const entries = role === "outbound" ? { ccache, client_keytab } : { keytab, rcache };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/**
 * Imports a principal. A server's principal is a service on a host, in the default realm unless the principal names
 * one.
 */
function importPrincipal(calls: GssapiCalls, role: Role, principal: string): number {
  if (role === "outbound") return calls.importName(principal, "userName");
  const [name = principal] = principalsOf(principal);
  return calls.importName(name.replace(/@$/, ""), "principalName");
}

/**
 * Queries a credential's name and lifetime before any leg uses it: a query of a credential in use waits for the leg.
 */
function* inquire(calls: GssapiCalls, handle: number): Steps<{ readonly name: number; readonly lifetime: number }> {
  const arena = new Arena(64);
  const [minor, name, lifetime] = [arena.allocate(4), arena.allocate(8), arena.allocate(4)];
  const ask = calls.library.get("gss_inquire_cred");
  const major = yield blocking(ask, minor.address, handle, name.address, lifetime.address, 0, 0);
  calls.check("gss_inquire_cred", major, arena.u32[minor.offset >> 2] as number, "kerberos");
  return { name: arena.getPointer(name.offset), lifetime: arena.u32[lifetime.offset >> 2] as number };
}
