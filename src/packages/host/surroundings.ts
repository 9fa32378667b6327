import type { Diagnostics } from "./diagnostics.ts";
import type { Heap } from "./heap.ts";
import type { HostedPackage } from "./hosted-package.ts";
import type { Tokens } from "./tokens.ts";

/** The caller that a package is told about. */
export interface ClientIdentity {
  /** `SECPKG_CLIENT_INFO.LogonId`; the system's session, 0x3e7, by default. */
  readonly logonId?: { readonly LowPart: number; readonly HighPart: number };
  /** The calling process; this one by default. */
  readonly processId?: number;
  /** Whether the caller is part of the trusted computing base; true by default. */
  readonly hasTcbPrivilege?: boolean;
  /** Whether the caller's thread impersonates another user; false by default. */
  readonly impersonating?: boolean;
  /** `SECPKG_CALL_INFO.Attributes`: bits of `SECPKG_CALL_*`; a call in this process by default. */
  readonly callAttributes?: number;
}

/** Makes a thread impersonate a user, and reverts it. */
export interface Impersonator {
  /** Makes the thread act as the token's user. */
  begin(token: bigint): void;
  /** Makes the thread act as itself again. */
  end(): void;
}

/** The services that the functions of the LSA's tables use. */
export interface HostSurroundings {
  readonly heap: Heap;
  readonly diagnostics: Diagnostics;
  readonly tokens: Tokens;
  readonly client: ClientIdentity;
  /** The package that is being called now; undefined if the host is not calling a package. */
  readonly current: HostedPackage | undefined;
  /** How many calls the host has made. */
  readonly calls: number;
  find(name: string): HostedPackage | undefined;
  /** Calls a package, so that what it does is recorded under its name. */
  within<T>(hosted: HostedPackage, work: () => T): T;
}
