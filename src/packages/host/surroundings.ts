import type { Diagnostics } from "./diagnostics.ts";
import type { Heap } from "./heap.ts";
import type { HostedPackage } from "./hosted-package.ts";
import type { Tokens } from "./tokens.ts";

/** Who a package is told that its caller is. */
export interface ClientIdentity {
  /** `SECPKG_CLIENT_INFO.LogonId`; the system's session, 0x3e7, where it is not said. */
  readonly logonId?: { readonly LowPart: number; readonly HighPart: number };
  /** The process that calls; this one where it is left out. */
  readonly processId?: number;
  /** Whether the caller is part of the trusted computing base; it is where this is left out. */
  readonly hasTcbPrivilege?: boolean;
  /** Whether the caller's thread impersonates somebody; it does not where this is left out. */
  readonly impersonating?: boolean;
  /** `SECPKG_CALL_INFO.Attributes`: bits of `SECPKG_CALL_*`; a call in this process where it is not said. */
  readonly callAttributes?: number;
}

/** How a thread becomes somebody else, and itself again. */
export interface Impersonator {
  /** Makes the thread the owner of the token. */
  begin(token: bigint): void;
  /** Makes the thread itself again. */
  end(): void;
}

/** What the functions of the LSA's tables work with. */
export interface HostSurroundings {
  readonly heap: Heap;
  readonly diagnostics: Diagnostics;
  readonly tokens: Tokens;
  readonly client: ClientIdentity;
  /** The package that is being called now; undefined for a call from outside of any of ours. */
  readonly current: HostedPackage | undefined;
  /** How many calls the host has made. */
  readonly calls: number;
  find(name: string): HostedPackage | undefined;
  /** Runs a call of a package, so that what it does is put down to it. */
  within<T>(hosted: HostedPackage, work: () => T): T;
}
