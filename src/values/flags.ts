import { checkKey } from "./arguments.ts";
import { checkArray } from "./arrays.ts";

/** A generated flag group, which maps names to bits. */
export type FlagGroup<N extends string = string> = Readonly<Record<N, number>>;

/** The bits of named flags. @throws RangeError naming `argument`, for a name that the group does not have. */
export function flagBits<N extends string>(group: FlagGroup<N>, names: readonly N[], argument: string): number {
  let bits = 0;
  for (const name of checkArray<N>(names, argument, "an array of flag names"))
    bits |= group[checkKey(name, argument, group)];
  return bits >>> 0;
}

/** The names of the bits that are set; bits without a name are left out. */
export function flagNames<N extends string>(group: FlagGroup<N>, bits: number): readonly N[] {
  return (Object.keys(group) as N[]).filter((name) => (bits & group[name]) >>> 0 === group[name] && group[name] !== 0);
}
