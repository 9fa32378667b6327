import type { SecurityProvider } from "../native/index.ts";
import type { CredentialOptions } from "./credential-options.ts";

/** A server would use a provider that trusts what clients write into their tokens, and its caller has not named it. */
export class UnnamedProviderError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_PROVIDER_NOT_NAMED";

  constructor(label: string) {
    super(
      `provider: ${label} follows offsets in a client's token without checking them, so a server gets it only by name; pass provider: systemProvider(${JSON.stringify(label)}), or set SSPI_LIBRARY, if every client may be trusted with that`,
    );
    this.name = "UnnamedProviderError";
  }
}

/** @throws UnnamedProviderError where a server would get a provider by default that does not check clients' tokens. */
export function checkNamed(provider: SecurityProvider, { use, provider: named, winpr }: CredentialOptions): void {
  if (use === "outbound" || provider.traits.boundsTokens) return;
  if (named === undefined && winpr === undefined && !process.env["SSPI_LIBRARY"])
    throw new UnnamedProviderError(provider.label);
}
