import { type AttributeDeclaration, hostAbi, isStruct } from "../ctypes/index.ts";
import {
  checkArray,
  checkKey,
  checkText,
  checkUint,
  isPlain,
  type OptionNames,
  readOptions,
  shapeOf,
} from "../values/index.ts";
import { checkField, checkPointers } from "./check-pointers.ts";
import type { ReleaseFunction } from "./release.ts";
import { mostAttributeBytes } from "./workspace.ts";

type Declaration = AttributeDeclaration<unknown, ReleaseFunction>;

const names: OptionNames<AttributeDeclaration> = {
  constant: true,
  value: true,
  struct: true,
  pointers: true,
  times: true,
  preset: true,
  result: true,
};

/** The checked copies of frozen declarations; one that is not frozen may have changed since it was checked. */
const checkedBefore = new WeakMap<object, Declaration>();

/**
 * Checks an attribute that the caller has declared, as `npx sspi-ffi generate` does, and returns a copy. The declaration
 * is trusted, but released fields have to be pointers and the struct has to fit into the workspace.
 *
 * @throws TypeError or RangeError naming the part that is wrong
 */
function checkAttribute(given: object, argument: string): Declaration {
  const before = checkedBefore.get(given);
  if (before) return before;
  const copy = checkedCopy(given, argument);
  if (Object.isFrozen(given)) checkedBefore.set(given, copy);
  return copy;
}

function checkedCopy(given: object, argument: string): Declaration {
  const read = readOptions<AttributeDeclaration>(given, argument, names);
  const { constant, value, struct, preset } = read;
  checkText(constant, `${argument}.constant`, { empty: false });
  checkUint(value, `${argument}.value`);
  if (!isStruct(struct)) throw new TypeError(`${argument}.struct: expected a struct, got ${shapeOf(struct)}`);
  const { size } = struct.layouts[hostAbi];
  if (size > mostAttributeBytes)
    throw new RangeError(`${argument}.struct: expected at most ${mostAttributeBytes} bytes, got ${size}`);
  const pointers = checkPointers(read.pointers, struct, `${argument}.pointers`);
  const times = checkArray<string>(read.times, `${argument}.times`);
  for (const field of times) checkField(field, struct, ["i64", "u64"], `${argument}.times`);
  if (preset !== undefined && !isPlain(preset))
    throw new TypeError(`${argument}.preset: expected { field: value, … }, got ${shapeOf(preset)}`);
  const own = { constant, value, struct, pointers, times, ...(preset && { preset: { ...preset } }) };
  return Object.freeze(own) as Declaration;
}

/**
 * Returns the declaration of an attribute that is given by its name in `known`, or by a declaration of the caller.
 *
 * @throws TypeError or RangeError naming `attribute`
 */
export function attributeOf(attribute: unknown, known: Readonly<Record<string, Declaration>>): Declaration {
  if (typeof attribute === "object" && attribute !== null) return checkAttribute(attribute, "attribute");
  return known[checkKey(attribute, "attribute", known)] as Declaration;
}
