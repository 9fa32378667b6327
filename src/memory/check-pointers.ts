import { releaseFunctions } from "../../generated/release-functions.ts";
import { type AttributePointer, isStruct, type ScalarName, type Struct } from "../ctypes/index.ts";
import { checkArray, type OptionNames, readOptions, shownWord } from "../values/index.ts";

/** A pointer inside a struct that is released as a whole. */
type InnerPointer = Omit<AttributePointer, "releasedBy">;

const innerNames: OptionNames<InnerPointer> = {
  field: true,
  holds: true,
  sizedBy: true,
  counts: true,
  inside: true,
  only: true,
};
const names: OptionNames<AttributePointer> = { ...innerNames, releasedBy: true };

const noNumbers: readonly ScalarName[] = ["void", "pointer", "bool8", "bool32"];

const words = ["wide-string", "ansi-string", "bytes", "embedded"];

/** How deep structs may be inside each other: a declaration that contains itself would never end. */
const deepest = 8;

/** Checks the pointers of a caller's declaration and returns a copy. @throws TypeError or RangeError */
export function checkPointers(
  given: unknown,
  struct: Struct,
  argument: string,
  depth = 0,
): readonly AttributePointer[] {
  const pointers = checkArray(given, argument);
  if (depth > deepest) throw new RangeError(`${argument}: expected at most ${deepest} structs inside each other`);
  const fields = new Set<string>();
  return pointers.map((one) => {
    const pointer: AttributePointer =
      depth === 0
        ? readOptions<AttributePointer>(one, argument, names)
        : readOptions<InnerPointer>(one, argument, innerNames);
    const { field, releasedBy, counts } = pointer;
    const nested = checkHolds(pointer, struct, argument);
    // The memory behind a field that is named twice would be released twice.
    if (fields.has(field)) throw new RangeError(`${argument}: expected each field once, got ${field} twice`);
    fields.add(field);
    if (counts !== undefined && counts !== "elements")
      throw new RangeError(`${argument}: expected elements in counts, got ${shownWord(counts, ["elements"])}`);
    checkSize(pointer, struct, argument);
    if (releasedBy !== undefined && !isRelease(releasedBy)) {
      const got = shownWord(releasedBy, Object.keys(releaseFunctions));
      throw new RangeError(`${argument}: expected a release function in releasedBy, got ${got}`);
    }
    return checkNested(pointer, nested, argument, depth);
  });
}

/** Checks what a field holds, and returns the struct that it holds or points to, if that is one. */
function checkHolds({ field, holds, counts }: AttributePointer, struct: Struct, argument: string): Struct | undefined {
  if (holds === "embedded") {
    const embedded = isField(field, struct) ? struct.fields()[field] : undefined;
    if (isStruct(embedded)) return embedded;
    throw new RangeError(
      `${argument}: expected a struct in ${struct.name} to be embedded, got ${shown(field, struct)}`,
    );
  }
  checkField(field, struct, ["pointer", "usize"], argument);
  if (isStruct(holds)) return holds;
  const known = words.includes(holds as string) || (counts === "elements" && isScalar(holds));
  if (known) return undefined;
  const expected = `${words.join(", ")}, a struct, or with counts a scalar`;
  throw new RangeError(`${argument}: expected one of ${expected} in holds; got ${shownWord(holds, words)}`);
}

/** Checks the field with the number of what another field holds: a wrong number would be read beyond the memory. */
function checkSize({ field, holds, sizedBy, counts }: AttributePointer, struct: Struct, argument: string): void {
  if (sizedBy === undefined) {
    const counted = holds === "bytes" || counts !== undefined;
    if (!counted) return;
    throw new RangeError(`${argument}: expected sizedBy where ${field} holds ${counts ?? "bytes"}`);
  }
  const type = isField(sizedBy, struct) ? struct.fields()[sizedBy] : undefined;
  if (type === undefined || !("scalar" in type) || noNumbers.includes(type.scalar)) {
    const got = shown(sizedBy, struct);
    throw new RangeError(`${argument}: expected a field of ${struct.name} with a number in sizedBy, got ${got}`);
  }
  if (sizedBy === field) throw new RangeError(`${argument}: expected another field than ${field} in sizedBy`);
}

function checkNested(
  pointer: AttributePointer,
  nested: Struct | undefined,
  argument: string,
  depth: number,
): AttributePointer {
  const { inside, only } = pointer;
  if (inside === undefined && only === undefined) return Object.freeze(pointer);
  if (!nested) throw new RangeError(`${argument}: expected inside and only where the field holds a struct`);
  if (only !== undefined && !isField(only, nested))
    throw new RangeError(`${argument}: expected a field of ${nested.name} in only, got ${shown(only, nested)}`);
  if (inside === undefined) return Object.freeze(pointer);
  return Object.freeze({ ...pointer, inside: checkPointers(inside, nested, `${argument}.inside`, depth + 1) });
}

/** Checks the name of a field that has one of these types. @throws RangeError */
export function checkField(field: unknown, struct: Struct, scalars: readonly string[], argument: string): void {
  const type = isField(field, struct) ? struct.fields()[field] : undefined;
  if (type !== undefined && "scalar" in type && scalars.includes(type.scalar)) return;
  throw new RangeError(
    `${argument}: expected a field of ${struct.name} of the type ${scalars.join(" or ")}, got ${shown(field, struct)}`,
  );
}

function isField(name: unknown, struct: Struct): name is string {
  return typeof name === "string" && Object.hasOwn(struct.fields(), name);
}

function isRelease(name: unknown): boolean {
  return typeof name === "string" && Object.hasOwn(releaseFunctions, name);
}

function isScalar(given: unknown): boolean {
  return typeof given === "object" && given !== null && typeof (given as { scalar?: unknown }).scalar === "string";
}

function shown(name: unknown, struct: Struct): string {
  return shownWord(name, Object.keys(struct.fields()));
}
