import { GSS_C_ACCEPT, GSS_C_INITIATE } from "../../generated/gssapi/constants.ts";
import { Arena, Shared } from "../memory/index.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import { blocking, type Steps } from "./native-steps.ts";
import { type OidName, oidSetAddress } from "./object-identifiers.ts";
import type { PrivateCache } from "./private-cache.ts";
import { acquisitionStatusOf } from "./statuses.ts";

/** The packages of the provider. */
export type PackageName = "Kerberos" | "Negotiate";

/** A requested lifetime in seconds that means the longest possible. */
export const anyLifetime = 0xffff_ffff;

export type Role = "outbound" | "inbound";

/** How to acquire credentials of one role; each context acquires its own. */
export interface Source {
  /** The `gss_name_t`; 0 if any name is allowed. The acquisition determined the name, and it stays. */
  readonly name: number;
  readonly store: CredentialStore | undefined;
  /** The expiry of the credentials; undefined if they never expire. */
  readonly expiry: Date | undefined;
  /** The name of the credentials' owner. */
  readonly text: string;
}

/** Returns the mechanism for the legs. */
export function mechanismOf(package_: PackageName): OidName {
  return package_ === "Negotiate" ? "spnego" : "kerberos";
}

/**
 * Returns the mechanisms of a credential. SPNEGO would ignore a credential for Kerberos alone and use the process's own
 * instead. A Negotiate server also accepts bare Kerberos tokens, as Windows does.
 */
export function mechanismsOf(package_: PackageName, role: Role): number {
  if (package_ === "Kerberos") return kerberosSet();
  return role === "outbound" ? spnegoSet() : bothSets();
}

const [kerberosSet, spnegoSet, bothSets] = [
  once(() => oidSetAddress("kerberos")),
  once(() => oidSetAddress("spnego")),
  once(() => oidSetAddress("spnego", "kerberos")),
] as const;

/** Caches an address that every acquisition needs. */
function once(make: () => number): () => number {
  let made = 0;
  return () => {
    made ||= make();
    return made;
  };
}

/** The most unused cells that are kept: more legs never run at the same time. */
const mostSpare = 8;

/** The memory of one acquisition, which may run on another thread. */
class AcquisitionCells {
  static readonly #idle: AcquisitionCells[] = [];

  static take(): AcquisitionCells {
    const cells = AcquisitionCells.#idle.pop() ?? new AcquisitionCells();
    cells.arena.u32.fill(0);
    return cells;
  }

  /** Call only when the acquisition is over. */
  giveBack(): void {
    if (AcquisitionCells.#idle.length < mostSpare) AcquisitionCells.#idle.push(this);
  }

  readonly arena = new Arena(64);
  readonly minorAddress = this.arena.base;
  readonly credentialAddress = this.arena.base + 16;
  readonly lifetimeAddress = this.arena.base + 32;

  get minor(): number {
    return this.arena.u32[0] as number;
  }

  get credential(): number {
    return this.arena.getPointer(16);
  }

  /** The lifetime in seconds. */
  get lifetime(): number {
    return this.arena.u32[32 >> 2] as number;
  }
}

export interface AcquiredCredential {
  /** `gss_cred_id_t` */
  readonly handle: number;
  /** The lifetime in seconds. */
  readonly lifetime: number;
}

/**
 * Acquires one `gss_cred_id_t` from a source. MIT locks a credential for the duration of a leg, and a query of a locked
 * credential waits for the leg: so each context has its own.
 */
export function* acquireFrom(
  calls: GssapiCalls,
  package_: PackageName,
  role: Role,
  { name, store }: Pick<Source, "name" | "store">,
): Steps<AcquiredCredential> {
  const cells = AcquisitionCells.take();
  const usage = role === "outbound" ? GSS_C_INITIATE : GSS_C_ACCEPT;
  const outputs = [cells.credentialAddress, 0, cells.lifetimeAddress];
  const request = [cells.minorAddress, name, anyLifetime, mechanismsOf(package_, role), usage];
  const operation = store ? "gss_acquire_cred_from" : "gss_acquire_cred";
  const args = store ? [...request, store.address, ...outputs] : [...request, ...outputs];
  const major = yield blocking(calls.library.get(operation), ...args);
  const { minor, credential: handle, lifetime } = cells;
  cells.giveBack();
  calls.check(operation, major, minor, mechanismOf(package_), acquisitionStatusOf);
  if (package_ === "Negotiate") limitToKerberos(calls, handle);
  return { handle, lifetime };
}

/** Limits SPNEGO to Kerberos: otherwise it would offer and accept any other installed mechanism, such as NTLM. */
function limitToKerberos(calls: GssapiCalls, handle: number): void {
  const limit = calls.library.find("gss_set_neg_mechs");
  if (!limit) return;
  const cells = AcquisitionCells.take();
  const major = Number(limit(cells.minorAddress, handle, oidSetAddress("kerberos"))) >>> 0;
  const { minor } = cells;
  cells.giveBack();
  try {
    calls.check("gss_set_neg_mechs", major, minor, "spnego");
  } catch (error) {
    calls.releaseCredential(handle);
    throw error;
  }
}

/** The credential behind a `CredHandle`: it acquires a native credential for each of its contexts. */
export class GssapiCredential extends Shared {
  readonly package: PackageName;
  readonly sources: Readonly<Partial<Record<Role, Source>>>;
  readonly #calls: GssapiCalls;
  readonly #cache: PrivateCache | undefined;
  /** A server's `gss_cred_id_t`s whose contexts are complete, for reuse by later contexts. */
  readonly #spare: number[] = [];

  constructor(
    calls: GssapiCalls,
    package_: PackageName,
    sources: GssapiCredential["sources"],
    cache: PrivateCache | undefined,
  ) {
    super();
    this.package = package_;
    this.sources = sources;
    this.#calls = calls;
    this.#cache = cache;
  }

  /** The name of the credential: that of the client's role if it has both roles. */
  get name(): string {
    return (this.sources.outbound ?? this.sources.inbound)?.text ?? "";
  }

  get expiry(): Date | undefined {
    return (this.sources.outbound ?? this.sources.inbound)?.expiry;
  }

  /**
   * Returns a `gss_cred_id_t` for the use of one context only; 0 if the credential does not have that role. A client's
   * is acquired each time, because the owner of the tickets may change. A server's names keys, and each leg reads the
   * keys.
   */
  *handleFor(role: Role): Steps<number> {
    const source = this.sources[role];
    if (!source) return 0;
    const spare = role === "inbound" ? this.#spare.pop() : undefined;
    return spare ?? (yield* acquireFrom(this.#calls, this.package, role, source)).handle;
  }

  /** Takes back the native credential of a complete server context. */
  giveBack(handle: number): void {
    if (this.#spare.length < mostSpare) this.#spare.push(handle);
    else this.#calls.releaseCredential(handle);
  }

  protected override release(): void {
    for (const handle of this.#spare.splice(0)) this.#calls.releaseCredential(handle);
    for (const source of Object.values(this.sources)) this.#calls.releaseName(source.name);
    this.#cache?.destroy();
  }
}
