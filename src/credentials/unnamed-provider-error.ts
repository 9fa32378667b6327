import { libraryOfEnvironment, type SecurityProvider } from "../native/index.ts";
import type { CredentialOptions } from "./credential-options.ts";

/**
 * A server would use a provider that trusts what clients write into their tokens, and the caller has not named that
 * provider.
 */
export class UnnamedProviderError extends Error {
  /** Identifies the class also across two copies of this package, where `instanceof` fails. */
  readonly code = "SSPI_PROVIDER_NOT_NAMED";

  constructor(label: string) {
    super(
      `provider: ${label} follows offsets in a client's token without checking them, so a server gets it only by name; pass provider: systemProvider(${JSON.stringify(label)}), or set SSPI_LIBRARY, if every client may be trusted with that`,
    );
    this.name = "UnnamedProviderError";
  }
}

/** @throws UnnamedProviderError if a server would by default get a provider that does not check clients' tokens. */
export function checkNamed(provider: SecurityProvider, { use, provider: named, winpr }: CredentialOptions): void {
  if (use === "outbound" || provider.traits.boundsTokens) return;
  if (named === undefined && winpr === undefined && libraryOfEnvironment() === undefined)
    throw new UnnamedProviderError(provider.label);
}
