import { SEC_E_NO_CREDENTIALS, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { adoptCredential, Credential } from "../credentials/index.ts";
import type { SharedHandle } from "../memory/index.ts";
import { check, failure } from "../status/index.ts";
import { impersonate } from "./impersonate.ts";

/**
 * The credential that the client of a complete context has delegated: from the provider where it returns one, otherwise
 * as SSPI does it, by acquiring the default credential while the thread impersonates the client.
 */
export function delegatedCredential(packageName: string, context: SharedHandle, granted: boolean): Credential {
  const { provider, slot } = context;
  if (!granted) throw refusal(SEC_E_NO_CREDENTIALS, "the client has delegated nothing, or the provider does not say");
  if (provider.delegatedCredential)
    return adoptCredential(provider, packageName, (credential, expiry) => {
      check("delegatedCredential", provider.delegatedCredential?.(slot.address, credential, expiry) ?? 0, provider);
    });
  if (!provider.traits.impersonates)
    throw refusal(SEC_E_UNSUPPORTED_FUNCTION, `${provider.label} does not hand out what a client has delegated`);
  return impersonate(context, () => Credential.acquireSync({ package: packageName, use: "outbound", provider }));
}

function refusal(status: number, why: string): Error {
  return failure({ operation: "delegatedCredential", status, cause: new Error(why) });
}
