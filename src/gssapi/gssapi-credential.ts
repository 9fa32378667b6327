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

/** A lifetime in seconds that is not asked for: as long as there is. */
export const anyLifetime = 0xffff_ffff;

export type Role = "outbound" | "inbound";

/** Where the credentials of one role come from, each time anew. */
export interface Source {
  /** `gss_name_t`; 0 where any will do. Whose they are was found out at the acquisition, and stays. */
  readonly name: number;
  readonly store: CredentialStore | undefined;
  /** When they end; undefined where they never do. */
  readonly expiry: Date | undefined;
  /** Whose they are. */
  readonly text: string;
}

/** The mechanism that legs are made with. */
export function mechanismOf(package_: PackageName): OidName {
  return package_ === "Negotiate" ? "spnego" : "kerberos";
}

/**
 * The mechanisms of a credential. One that is for Kerberos alone would be passed over by SPNEGO, which would take the
 * process's own instead. A server of Negotiate takes Kerberos' tokens as they are too, as Windows does.
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

/** An address that is asked for at every acquisition. */
function once(make: () => number): () => number {
  let made = 0;
  return () => {
    made ||= make();
    return made;
  };
}

/** How many that no context uses are kept: more legs are never under way at a time. */
const mostSpare = 8;

/** Memory of an acquisition that may be under way on another thread. */
class AcquisitionCells {
  static readonly #idle: AcquisitionCells[] = [];

  static take(): AcquisitionCells {
    const cells = AcquisitionCells.#idle.pop() ?? new AcquisitionCells();
    cells.arena.u32.fill(0);
    return cells;
  }

  /** Only when the acquisition is over. */
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

  /** In seconds. */
  get lifetime(): number {
    return this.arena.u32[32 >> 2] as number;
  }
}

export interface AcquiredCredential {
  /** `gss_cred_id_t` */
  readonly handle: number;
  /** In seconds. */
  readonly lifetime: number;
}

/**
 * One `gss_cred_id_t`, of a source. MIT locks a credential for as long as a leg takes, and a question to a locked one
 * waits with it: so each context has its own.
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

/** SPNEGO would offer and accept any other mechanism that is installed, such as NTLM. */
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

/** What a `CredHandle` stands for: how to acquire credentials, for each of its contexts. */
export class GssapiCredential extends Shared {
  readonly package: PackageName;
  readonly sources: Readonly<Partial<Record<Role, Source>>>;
  readonly #calls: GssapiCalls;
  readonly #cache: PrivateCache | undefined;
  /** Servers' `gss_cred_id_t`s of contexts that are complete, for those to come. */
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

  /** Whose it is: of the client's role where it has both. */
  get name(): string {
    return (this.sources.outbound ?? this.sources.inbound)?.text ?? "";
  }

  get expiry(): Date | undefined {
    return (this.sources.outbound ?? this.sources.inbound)?.expiry;
  }

  /**
   * A `gss_cred_id_t` for a context, of which it is the only user; 0 where there is none of that role. A client's is
   * acquired each time, because whose tickets there are changes. A server's names keys, which are read in each leg.
   */
  *handleFor(role: Role): Steps<number> {
    const source = this.sources[role];
    if (!source) return 0;
    const spare = role === "inbound" ? this.#spare.pop() : undefined;
    return spare ?? (yield* acquireFrom(this.#calls, this.package, role, source)).handle;
  }

  /** Takes back what a context of a server was complete with. */
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
