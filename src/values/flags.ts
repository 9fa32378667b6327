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
  const names: N[] = [];
  // V8 keeps an object's names for such a loop, and makes a new array of them for Object.keys.
  for (const name in group) {
    const flag = group[name];
    if (flag !== 0 && (bits & flag) >>> 0 === flag && Object.hasOwn(group, name)) names.push(name);
  }
  return names;
}
