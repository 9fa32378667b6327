import type { BlockingFunction, Provider, ProviderFunction } from "../../generated/provider.ts";
import type { Address } from "../ctypes/index.ts";
import type { Cancellation } from "../values/index.ts";
import type { CallKind } from "./places.ts";
import type { ProviderTraits } from "./provider-traits.ts";
import type { Turn } from "./turns.ts";

/** Whose SSPI it is, for people: what it does beyond, or short of, the headers is in its traits. */
export type ProviderKind = LibraryKind | "gssapi" | "host";

/** Whose library it is. */
export type LibraryKind = "secur32" | "winpr" | "sspi-rs" | "other";

/**
 * What credentials and contexts stand on: the functions of `SecurityFunctionTableW`, and what has to be
 * known of whoever implements them. Addresses in, status out; a function that the provider does not have
 * answers `SEC_E_UNSUPPORTED_FUNCTION`.
 */
export interface SecurityProvider extends Provider {
  /** Whose SSPI it is, for people. */
  readonly kind: ProviderKind;
  /** What was loaded, for people: `libwinpr2.so.2`. */
  readonly label: string;
  /** Its own version, where it tells one. */
  readonly version: string | undefined;
  /** What it does beyond or short of the headers. */
  readonly traits: ProviderTraits;
  /** Whether the provider has this function; without it calls answer `SEC_E_UNSUPPORTED_FUNCTION`. */
  has(name: ProviderFunction): boolean;
  /**
   * The same call off the event loop, for who has a turn where there are turns. Whatever the addresses point to has to
   * stay reachable until the promise settles.
   */
  callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number>;
  /**
   * What a package really said when a call failed with this status, where the provider translates statuses: the call
   * that has just been made, or the one that {@link callAsync} gave this promise for.
   */
  explain?(status: number, call?: Promise<number>): Error | undefined;
  /**
   * Waits until a call may be made off the event loop: at least half of libuv's threads stay with others. Absent where
   * calls take no thread.
   */
  takeTurn?(kind: CallKind, cancellation?: Cancellation): Promise<Turn>;
  /**
   * Who the client of a complete server's context is, as a domain controller has signed it in the client's ticket;
   * undefined where the ticket has nothing of that, or nothing that the mechanism has authenticated. For providers
   * without access tokens.
   */
  clientAccount?(context: Address): ClientAccount | undefined;
  /**
   * Writes a `CredHandle` of what the client of a complete server's context has delegated, with its expiry. For
   * providers without impersonation, which is how SSPI itself does it.
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
