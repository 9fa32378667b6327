import { checkCallback, checkText, isRevoked, shapeOf } from "../values/index.ts";
import { providerFunctions } from "./bound-provider.ts";
import { checkTraits } from "./check-traits.ts";
import { checkedProvider } from "./checked-provider.ts";
import type { SecurityProvider } from "./security-provider.ts";

/** The providers that were checked, each with the provider that the library calls in its place. */
const checked = new WeakMap<object, SecurityProvider>();

/**
 * Registers a provider of the library itself, whose traits are complete and whose functions return valid statuses. Its
 * traits are frozen, because guards depend on them and one provider is shared by the whole process.
 */
export function ownProvider(provider: SecurityProvider): SecurityProvider {
  for (const value of Object.values(provider.traits)) Object.freeze(value);
  Object.freeze(provider.traits);
  checked.set(provider, provider);
  return provider;
}

/**
 * Checks a caller's provider. A provider from outside this package is wrapped, so that each of its results is checked.
 *
 * @throws TypeError naming `argument` for a value that is not a provider, and what an incomplete provider lacks.
 */
export function checkProvider(value: unknown, argument = "provider"): SecurityProvider {
  if (!isProvider(value))
    throw new TypeError(
      `${argument}: expected a provider (systemProvider("…"), \`provider\` of a PackageHost, or of defineProvider), got ${shapeOf(value)}`,
    );
  const known = checked.get(value);
  if (known) return known;
  const traits = checkTraits(value.traits, `${argument}.traits`);
  checkText(value.label, `${argument}.label`);
  for (const name of [...providerFunctions, "has", "callAsync"] as const)
    checkCallback(value[name] as unknown, `${argument}.${name}`);
  const provider = ownProvider(checkedProvider(value, traits));
  checked.set(value, provider);
  return provider;
}

function isProvider(value: unknown): value is SecurityProvider {
  if (isRevoked(value)) return false;
  return typeof (value as Partial<SecurityProvider> | null | undefined)?.EnumerateSecurityPackagesW === "function";
}
