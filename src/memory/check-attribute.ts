import { type ReleaseFunctionName, releaseFunctions } from "../../generated/release-functions.ts";
import { type AttributeDeclaration, hostAbi, isStruct, type Struct } from "../ctypes/index.ts";
import { checkKey, checkText, checkUint, shapeOf } from "../values/index.ts";
import type { ReleaseFunction } from "./release.ts";
import { mostAttributeBytes } from "./workspace.ts";

const checkedBefore = new WeakSet<object>();

/**
 * Checks an attribute that the caller has declared, as `npx sspi-ffi generate` does. The declaration is trusted, but
 * released fields have to be pointers and the struct has to fit into the workspace.
 *
 * @throws TypeError or RangeError naming the part that is wrong
 */
function checkAttribute<T>(given: unknown, argument: string): AttributeDeclaration<T, ReleaseFunction> {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${argument}: expected the name of an attribute or its declaration, got ${shapeOf(given)}`);
  const declaration = given as AttributeDeclaration<T, ReleaseFunction>;
  if (checkedBefore.has(given)) return declaration;
  const { constant, value, struct, pointers, times } = declaration;
  checkText(constant, `${argument}.constant`, { empty: false });
  checkUint(value, `${argument}.value`);
  if (!isStruct(struct)) throw new TypeError(`${argument}.struct: expected a struct, got ${shapeOf(struct)}`);
  const { size } = struct.layouts[hostAbi];
  if (size > mostAttributeBytes)
    throw new RangeError(`${argument}.struct: expected at most ${mostAttributeBytes} bytes, got ${size}`);
  checkPointers(pointers, struct, `${argument}.pointers`);
  if (!Array.isArray(times)) throw new TypeError(`${argument}.times: expected an array, got ${shapeOf(times)}`);
  for (const field of times) checkField(field, struct, ["i64", "u64"], `${argument}.times`);
  checkedBefore.add(given);
  return declaration;
}

/**
 * Returns the declaration of an attribute that is given by its name in `known`, or by a declaration of the caller.
 *
 * @throws TypeError or RangeError naming `attribute`
 */
export function attributeOf(
  attribute: unknown,
  known: Readonly<Record<string, AttributeDeclaration<unknown, ReleaseFunction>>>,
): AttributeDeclaration<unknown, ReleaseFunction> {
  if (typeof attribute === "object" && attribute !== null) return checkAttribute(attribute, "attribute");
  return known[checkKey(attribute, "attribute", known)] as AttributeDeclaration<unknown, ReleaseFunction>;
}

function checkPointers(pointers: unknown, struct: Struct, argument: string): void {
  if (!Array.isArray(pointers)) throw new TypeError(`${argument}: expected an array, got ${shapeOf(pointers)}`);
  for (const { field, holds, sizedBy, releasedBy } of pointers) {
    if (holds === "embedded") continue;
    checkField(field, struct, ["pointer", "usize"], argument);
    if (sizedBy !== undefined && !Object.hasOwn(struct.fields(), sizedBy))
      throw new RangeError(
        `${argument}: expected a field of ${struct.name} in sizedBy, got ${JSON.stringify(sizedBy)}`,
      );
    if (releasedBy !== undefined && !isRelease(releasedBy))
      throw new RangeError(`${argument}: expected a release function in releasedBy, got ${JSON.stringify(releasedBy)}`);
  }
}

function isRelease(name: unknown): name is ReleaseFunctionName {
  return typeof name === "string" && Object.hasOwn(releaseFunctions, name);
}

function checkField(field: unknown, struct: Struct, scalars: readonly string[], argument: string): void {
  const fields = struct.fields();
  const type = typeof field === "string" && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type !== undefined && "scalar" in type && scalars.includes(type.scalar)) return;
  throw new RangeError(
    `${argument}: expected a field of ${struct.name} of the type ${scalars.join(" or ")}, got ${JSON.stringify(field)}`,
  );
}
