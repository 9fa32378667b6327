import { SEC_E_INVALID_HANDLE, SEC_E_NO_CREDENTIALS, SEC_E_OK } from "../../generated/status/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { writeInt64 } from "../native/index.ts";
import { ticksOfDate } from "../values/index.ts";
import { sourceOf, storeInto } from "./acquire-credential.ts";
import { GssapiCredential } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import { runSync } from "./native-steps.ts";
import { PrivateCache } from "./private-cache.ts";
import type { ProviderCore } from "./provider-core.ts";

/**
 * Makes a credential from a client's delegated one, with a cache of its own: the context keeps the delegated
 * credential, and may be asked again. The call does not wait, because the tickets are already present.
 */
export function delegatedCredential(core: ProviderCore, at: Address, credential: Address, expiry: Address): number {
  const { calls, library } = core;
  const context = core.contexts.find(at);
  if (context?.state !== "complete") throw new ProviderError(SEC_E_INVALID_HANDLE, "no complete context");
  const given = context.cells.delegated;
  if (given === 0) throw new ProviderError(SEC_E_NO_CREDENTIALS, "the client has delegated nothing");
  const cache = new PrivateCache(library);
  try {
    storeInto(calls, given, cache);
    const request = { principal: undefined, identity: undefined, store: {} };
    const outbound = runSync(sourceOf(calls, request, "outbound", cache));
    const delegated = new GssapiCredential(calls, context.package, { outbound }, cache);
    core.credentials.issue(credential, delegated);
    writeInt64(expiry, ticksOfDate(delegated.expiry));
    return SEC_E_OK;
  } catch (error) {
    cache.destroy();
    throw error;
  }
}
