import { SecurityContext } from "../contexts/index.ts";
import { machineProviders } from "../credentials/index.ts";
import { checkProvider, type SecurityProvider } from "../native/index.ts";
import { type ContextCapabilities, contextCapabilities } from "./context-capabilities.ts";
import { machineCapabilities, type ProviderCapabilities, providerCapabilities } from "./provider-capabilities.ts";

/**
 * What a provider has, or what a complete context can do: asked of them at once, never assumed. Prints as a table.
 *
 * Without a provider all of this machine are asked whose packages credentials may be of, the one first that comes first.
 * A provider is asked for credentials of the current user for each of its packages, which it gets back at once.
 * A context is asked for every attribute that the headers know; what it agreed on with its peer stays as it is, so
 * no message is protected, and nothing exported: that may change a context, and hands out its keys.
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
  if (subject instanceof SecurityContext) return contextCapabilities(subject);
  return providerCapabilities(checkProvider(subject, "subject"));
}
