import { SecurityContext } from "../contexts/index.ts";
import { machineProviders } from "../credentials/index.ts";
import { checkProvider, type SecurityProvider } from "../native/index.ts";
import { isRevoked } from "../values/index.ts";
import { type ContextCapabilities, contextCapabilities } from "./context-capabilities.ts";
import { machineCapabilities, type ProviderCapabilities, providerCapabilities } from "./provider-capabilities.ts";

/**
 * Reports what a provider has, or what a complete context can do. Both are queried at once, and nothing is assumed. The
 * result prints as a table.
 *
 * Without an argument, all providers of this machine from which credentials can be acquired are queried, in their order
 * of preference. From a provider, credentials of the current user are acquired for each of its packages and released at
 * once. From a context, every attribute that the headers know is queried, except secrets and those whose query may use
 * the network; no message is protected and nothing is exported, because that may change the context's state and would
 * hand out its keys.
 *
 * @throws SspiError when the provider does not list its packages, ContextStateError before the context is complete.
 * @see EnumerateSecurityPackagesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-enumeratesecuritypackagesw
 * @see AcquireCredentialsHandleW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acquirecredentialshandlew
 * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
 */
export function capabilities(subject?: SecurityProvider): ProviderCapabilities;
export function capabilities(subject: SecurityContext<string>): ContextCapabilities;
export function capabilities(
  subject?: SecurityProvider | SecurityContext<string>,
): ProviderCapabilities | ContextCapabilities {
  if (subject === undefined) return machineCapabilities(machineProviders());
  if (!isRevoked(subject) && subject instanceof SecurityContext) return contextCapabilities(subject);
  return providerCapabilities(checkProvider(subject, "subject"));
}
