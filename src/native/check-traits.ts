import { checkArray, checkBoolean, checkName, checkText, refuseUnknown, shapeOf } from "../values/index.ts";
import { documentedTraits } from "./known-traits.ts";
import type { PackageSet, ProviderTraits } from "./provider-traits.ts";

type Trait = keyof ProviderTraits;
/** The traits whose value is one of a few words. */
type WordTrait = { [T in Trait]: ProviderTraits[T] extends string ? T : never }[Trait];

/** The allowed words of each such trait; a missing or additional word does not compile. */
const words: { readonly [T in WordTrait]: Readonly<Record<ProviderTraits[T], true>> } = {
  inboundPeerAttribute: { names: true, authIdentity: true },
  credsspAuthData: { CREDSSP_CRED: true, identity: true, any: true },
  samFile: { identity: true, attribute: true, none: true },
};

/** Checks one trait: a word, a boolean or a set of packages, as in the documented traits. */
function checkTrait(value: unknown, argument: string, trait: Trait): ProviderTraits[Trait] {
  if (Object.hasOwn(words, trait)) return checkName(value, argument, Object.keys(words[trait as WordTrait]) as never[]);
  return typeof documentedTraits[trait] === "boolean" ? checkBoolean(value, argument) : checkPackages(value, argument);
}

function checkPackages(value: unknown, argument: string): PackageSet {
  if (value === "all") return value;
  const names = checkArray(value, argument, `"all" or an array of packages' names`);
  return names.map((name, index) => checkText(name, `${argument}[${index}]`, { empty: false }));
}

/**
 * Checks the traits of a provider. It has to state every trait, because none is guessed.
 *
 * @throws TypeError naming those that are missing, or the one that is unknown or wrong.
 */
export function checkTraits(value: unknown, argument: string): ProviderTraits {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${argument}: expected traits, as documentedTraits has them, got ${shapeOf(value)}`);
  const given = value as Partial<ProviderTraits>;
  refuseUnknown(given, argument, documentedTraits as never);
  // Only own properties count: a trait of a polluted prototype would switch a guard off that nobody stated.
  const stateOf = (trait: Trait) => (Object.hasOwn(given, trait) ? given[trait] : undefined);
  const traits = (Object.keys(documentedTraits) as Trait[]).map((trait) => [trait, stateOf(trait)] as const);
  const missing = traits.filter(([, stated]) => stated === undefined).map(([trait]) => trait);
  if (missing.length > 0)
    throw new TypeError(
      `${argument}: expected every trait, as documentedTraits has them; ${missing.join(", ")} missing`,
    );
  const checked = traits.map(([trait, stated]) => [trait, checkTrait(stated, `${argument}.${trait}`, trait)]);
  return Object.fromEntries(checked) as unknown as ProviderTraits;
}
