import type { BlockingFunction, Provider, ProviderFunction } from "../../generated/provider.ts";
import { checkCallback, checkFunction, checkText, type OptionNames, readOptions } from "../values/index.ts";
import { absent, providerFunctions } from "./bound-provider.ts";
import { checkProvider } from "./check-provider.ts";
import type { ProviderTraits } from "./provider-traits.ts";
import type { SecurityProvider } from "./security-provider.ts";

/** The properties of a provider other than its functions. */
export type ProviderFacts = Omit<SecurityProvider, ProviderFunction | "has">;

/** Makes a provider of these functions; every other function returns that it is not supported. */
export function assembleProvider(functions: Partial<Provider>, facts: ProviderFacts): SecurityProvider {
  const others = providerFunctions.filter((name) => !functions[name]).map((name) => [name, absent(name)]);
  return {
    ...(Object.fromEntries(others) as unknown as Provider),
    ...functions,
    ...facts,
    has: (name) => functions[name] !== undefined,
  };
}

/** The definition of your own provider. */
export interface ProviderDefinition {
  /** A description for people. */
  readonly label: string;
  /** Its own version, where it has one. */
  readonly version?: string;
  /** How it differs from the headers: `documentedTraits` with your changes. */
  readonly traits: ProviderTraits;
  /** The functions that it has; all others return `SEC_E_UNSUPPORTED_FUNCTION`. */
  readonly functions: Partial<Provider>;
  /** Makes a call off the event loop; without it the function is called on this thread. */
  readonly callAsync?: SecurityProvider["callAsync"];
  /** Returns the package's own error of a call that failed with a status. */
  readonly explain?: NonNullable<SecurityProvider["explain"]>;
  /** Returns the account of the client of a complete server context, as a domain controller has signed it. */
  readonly clientAccount?: NonNullable<SecurityProvider["clientAccount"]>;
  /**
   * Writes a `CredHandle` for the credential that the client of a complete server context has delegated, with its
   * expiry.
   */
  readonly delegatedCredential?: NonNullable<SecurityProvider["delegatedCredential"]>;
}

const definitionNames: OptionNames<ProviderDefinition> = {
  ...{ label: true, version: true, traits: true, functions: true },
  ...{ callAsync: true, explain: true, clientAccount: true, delegatedCredential: true },
};

/**
 * Makes your own provider, for the option `provider` of credentials and other functions. The results of its functions
 * are checked; `sspi-ffi/raw` has the functions that read their arguments.
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
