import { checkKey } from "./arguments.ts";

/** A generated flag group, which maps names to bits. */
export type FlagGroup<N extends string = string> = Readonly<Record<N, number>>;

/** The bits of named flags. @throws RangeError naming `argument`, for a name that the group does not have. */
export function flagBits<N extends string>(group: FlagGroup<N>, names: readonly N[], argument: string): number {
  if (!Array.isArray(names)) throw new TypeError(`${argument}: expected an array of flag names, got ${typeof names}`);
  let bits = 0;
  for (const name of names) bits |= group[checkKey(name, argument, group)];
  return bits >>> 0;
}

/** The names of the bits that are set; bits without a name are left out. */
export function flagNames<N extends string>(group: FlagGroup<N>, bits: number): readonly N[] {
  return (Object.keys(group) as N[]).filter((name) => (bits & group[name]) >>> 0 === group[name] && group[name] !== 0);
}
