import type { BlockingFunction, Provider, ProviderFunction } from "../../generated/provider.ts";
import { checkCallback, checkFunction, checkText, type OptionNames, readOptions } from "../values/index.ts";
import { absent, providerFunctions } from "./bound-provider.ts";
import { checkProvider } from "./check-provider.ts";
import type { ProviderTraits } from "./provider-traits.ts";
import type { SecurityProvider } from "./security-provider.ts";

/** What a provider is, beside its functions. */
export type ProviderFacts = Omit<SecurityProvider, ProviderFunction | "has">;

/** A provider of these functions; any other answers that it is not there. */
export function assembleProvider(functions: Partial<Provider>, facts: ProviderFacts): SecurityProvider {
  const others = providerFunctions.filter((name) => !functions[name]).map((name) => [name, absent(name)]);
  return {
    ...(Object.fromEntries(others) as unknown as Provider),
    ...functions,
    ...facts,
    has: (name) => functions[name] !== undefined,
  };
}

/** What a provider of your own is. */
export interface ProviderDefinition {
  /** What it is, for people. */
  readonly label: string;
  /** Its own version, where it has one. */
  readonly version?: string;
  /** What it does beyond or short of the headers: `documentedTraits`, and what differs. */
  readonly traits: ProviderTraits;
  /** The functions that it has; all others answer `SEC_E_UNSUPPORTED_FUNCTION`. */
  readonly functions: Partial<Provider>;
  /** A call off the event loop; without it the function is called on this thread. */
  readonly callAsync?: SecurityProvider["callAsync"];
  /** What a package really said when a call failed with a status. */
  readonly explain?: NonNullable<SecurityProvider["explain"]>;
  /** Who the client of a complete server's context is, as a domain controller has signed it. */
  readonly clientAccount?: NonNullable<SecurityProvider["clientAccount"]>;
  /** Writes a `CredHandle` of what the client of a complete server's context has delegated, with its expiry. */
  readonly delegatedCredential?: NonNullable<SecurityProvider["delegatedCredential"]>;
}

const definitionNames: OptionNames<ProviderDefinition> = {
  ...{ label: true, version: true, traits: true, functions: true },
  ...{ callAsync: true, explain: true, clientAccount: true, delegatedCredential: true },
};

/**
 * A provider that is written outside of this package, for `provider` of credentials and the others. What its functions
 * answer is checked; `sspi-ffi/raw` has what reads their arguments.
 *
 * @throws TypeError naming what is missing or wrong in the definition
 */
export function defineProvider(definition: ProviderDefinition): SecurityProvider {
  const given = readOptions<ProviderDefinition>(definition, "definition", definitionNames);
  const { label, version, traits, functions, callAsync, ...extras } = given;
  if (version !== undefined) checkText(version, "definition.version");
  for (const [name, work] of Object.entries({ callAsync, ...extras })) checkFunction(work, `definition.${name}`);
  const provider = assembleProvider(readFunctions(functions), {
    ...{ kind: "other", label, version, traits },
    callAsync: callAsync ?? (async (name, ...args) => callOf(provider, name)(...args)),
    ...Object.fromEntries(Object.entries(extras).filter(([, work]) => work !== undefined)),
  });
  return checkProvider(provider, "definition");
}

function callOf<F extends BlockingFunction>(provider: Provider, name: F): (...args: Parameters<Provider[F]>) => number {
  return provider[name] as (...args: Parameters<Provider[F]>) => number;
}

const functionNames = Object.fromEntries(providerFunctions.map((name) => [name, true])) as OptionNames<Provider>;

function readFunctions(value: unknown): Partial<Provider> {
  const functions = readOptions<Partial<Provider>>(value, "definition.functions", functionNames);
  const given = Object.entries(functions).filter(([, work]) => work !== undefined);
  for (const [name, work] of given) checkCallback(work, `definition.functions.${name}`);
  return Object.fromEntries(given);
}
