import type { BlockingFunction, Provider, ProviderFunction } from "../../generated/provider.ts";
import type { ProviderTraits } from "./provider-traits.ts";

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
  readonly kind: ProviderKind;
  /** What was loaded, for people: `libwinpr2.so.2`. */
  readonly label: string;
  /** Its own version, where it tells one. */
  readonly version: string | undefined;
  readonly traits: ProviderTraits;
  has(name: ProviderFunction): boolean;
  /**
   * The same call off the event loop, as many at a time as leave two threads of libuv's pool free. Whatever the addresses point to has to stay
   * reachable until the promise settles.
   */
  callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number>;
  /** What a package really said when a call just failed with this status, where the provider translates statuses. */
  explain?(status: number): Error | undefined;
}
