import { checkCallback, checkText, shapeOf } from "../values/index.ts";
import { providerFunctions } from "./bound-provider.ts";
import { checkTraits } from "./check-traits.ts";
import { checkedProvider } from "./checked-provider.ts";
import type { SecurityProvider } from "./security-provider.ts";

/** Every provider that was checked, and what the library calls in its place. */
const checked = new WeakMap<object, SecurityProvider>();

/** Says that a provider is the library's own: its traits are whole, and its functions answer statuses. */
export function ownProvider(provider: SecurityProvider): SecurityProvider {
  checked.set(provider, provider);
  return provider;
}

/**
 * The provider that a caller names. One that is written outside is called by way of a check of its answers.
 *
 * @throws TypeError naming `argument` for what is none, and what it lacks.
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
  return typeof (value as Partial<SecurityProvider> | null | undefined)?.EnumerateSecurityPackagesW === "function";
}
