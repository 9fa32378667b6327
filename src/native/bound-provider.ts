import { type Provider, type ProviderFunction, providerSlots } from "../../generated/provider.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { NativeFunction } from "./koffi.ts";

export type Resolve = (name: ProviderFunction) => NativeFunction | undefined;

export const providerFunctions = Object.keys(providerSlots) as readonly ProviderFunction[];

/**
 * The substitute for a function that a provider lacks: it returns a failure status, or FALSE where the function returns
 * no status.
 */
export function absent(name: ProviderFunction): () => number {
  const answer = providerSlots[name].declaration.returns.scalar === "u32" ? SEC_E_UNSUPPORTED_FUNCTION : 0;
  return () => answer;
}

/**
 * Makes a `Provider` whose methods look their function up at the first call and are replaced by it: unused functions
 * are never bound, and later calls need no look-up. The properties of `facts` are added.
 */
export function bindProvider<F extends object>(resolve: Resolve, facts: F): Provider & F {
  // Made in one step, because V8 stores an object that grows by thirty computed names as a hash table.
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
