import type { BlockingFunction, Provider, ProviderFunction } from "../../generated/provider.ts";
import type { Address } from "../ctypes/index.ts";
import type { Cancellation } from "../values/index.ts";
import type { CallKind } from "./places.ts";
import type { ProviderTraits } from "./provider-traits.ts";
import type { Turn } from "./turns.ts";

/** The kind of implementation, for people; how it differs from the headers is in its traits. */
export type ProviderKind = LibraryKind | "gssapi" | "host";

/** The kind of a native SSPI library. */
export type LibraryKind = "secur32" | "winpr" | "sspi-rs" | "other";

/**
 * The implementation that credentials and contexts use: the functions of `SecurityFunctionTableW`, and facts about this
 * implementation. The functions take addresses and return a status; one that the provider lacks returns
 * `SEC_E_UNSUPPORTED_FUNCTION`.
 */
export interface SecurityProvider extends Provider {
  /** The kind of implementation, for people. */
  readonly kind: ProviderKind;
  /** The loaded library, for people: `libwinpr2.so.2`. */
  readonly label: string;
  /** Its own version, if it reports one. */
  readonly version: string | undefined;
  /** How it differs from the headers. */
  readonly traits: ProviderTraits;
  /** Whether the provider has this function; otherwise calls return `SEC_E_UNSUPPORTED_FUNCTION`. */
  has(name: ProviderFunction): boolean;
  /**
   * Makes the same call off the event loop. If the provider has turns, the caller must hold one. The memory at the
   * addresses must stay reachable until the promise settles.
   */
  callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number>;
  /**
   * Returns the package's own error for a failure with this status, where the provider translates statuses. The failure
   * is that of the latest call, or of the call for which {@link callAsync} returned this promise.
   */
  explain?(status: number, call?: Promise<number>): Error | undefined;
  /**
   * Waits until a call may be made off the event loop, so that at least half of libuv's threads remain for other work.
   * Absent where calls use no thread.
   */
  takeTurn?(kind: CallKind, cancellation?: Cancellation): Promise<Turn>;
  /**
   * Returns the account of the client of a complete server context, as a domain controller has signed it in the
   * client's ticket; undefined where the ticket has no such data, or the mechanism has not authenticated it. For
   * providers without access tokens.
   */
  clientAccount?(context: Address): ClientAccount | undefined;
  /**
   * Writes a `CredHandle` for the credential that the client of a complete server context has delegated, with its
   * expiry. For providers without impersonation, through which SSPI itself gives access to such a credential.
   */
  delegatedCredential?(context: Address, credential: Address, expiry: Address): number;
}

/** An account of a Windows domain. */
export interface ClientAccount {
  readonly account: string;
  /** The NetBIOS name of its domain. */
  readonly domain: string;
  /** The user's security identifier. */
  readonly sid: string;
  readonly groups: readonly { readonly sid: string; readonly attributes: number }[];
}
