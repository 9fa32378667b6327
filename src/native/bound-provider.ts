import { type Provider, type ProviderFunction, providerSlots } from "../../generated/provider.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { NativeFunction } from "./koffi.ts";

export type Resolve = (name: ProviderFunction) => NativeFunction | undefined;

export const providerFunctions = Object.keys(providerSlots) as readonly ProviderFunction[];

/** What stands in for a function that a provider does not have: a status where it returns one, else FALSE. */
export function absent(name: ProviderFunction): () => number {
  const answer = providerSlots[name].declaration.returns.scalar === "u32" ? SEC_E_UNSUPPORTED_FUNCTION : 0;
  return () => answer;
}

/**
 * A `Provider` whose methods look their function up at the first call and are that function from then on:
 * nothing is bound that is not used, and a call costs no look-up. `facts` are beside them.
 */
export function bindProvider<F extends object>(resolve: Resolve, facts: F): Provider & F {
  // Made at once: V8 keeps an object that grew by thirty computed names as a hash table.
  const provider: Record<string, unknown> = Object.fromEntries([
    ...Object.entries(facts),
    ...providerFunctions.map((name) => [
      name,
      (...args: never[]) => {
        const bound = (resolve(name) ?? absent(name)) as (...args: never[]) => unknown;
        provider[name] = bound;
        return bound(...args);
      },
    ]),
  ]);
  return provider as unknown as Provider & F;
}
