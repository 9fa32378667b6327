import type { TypeObject } from "koffi";
import {
  type CallbackDeclaration,
  type FieldType,
  hostAbi,
  type Parameter,
  type ScalarName,
  type Signature,
  type Struct,
} from "../ctypes/index.ts";
import { koffi } from "./koffi.ts";

/**
 * The koffi type of each scalar. Every pointer is `uintptr_t`, so that a Number address passes without conversion and
 * koffi marshals nothing by itself.
 */
const scalarTypes: Readonly<Record<ScalarName, string>> = {
  void: "void",
  u8: "uint8_t",
  i8: "int8_t",
  u16: "uint16_t",
  i16: "int16_t",
  u32: "uint32_t",
  i32: "int32_t",
  u64: "uint64_t",
  i64: "int64_t",
  usize: "uintptr_t",
  isize: "intptr_t",
  long: "long",
  ulong: "unsigned long",
  pointer: "uintptr_t",
  bool8: "uint8_t",
  bool32: "int32_t",
};

const structTypes = new WeakMap<Struct, TypeObject>();
let defined = 0;

/** How many koffi struct and prototype types this process has defined. */
export function definedTypes(): number {
  return defined;
}

/**
 * The koffi type of a struct, for `koffi.decode`, `koffi.encode` and `koffi.sizeof`. The type is anonymous, because
 * koffi's type names are global and those of a second copy of this package would clash.
 *
 * @throws TypeError for a struct that koffi cannot describe.
 */
export function koffiType(struct: Struct): TypeObject {
  const known = structTypes.get(struct);
  if (known) return known;
  const members: Record<string, TypeObject | string | [number, TypeObject | string]> = {};
  for (const [name, field] of Object.entries(struct.fields())) {
    const type = fieldType(field);
    const pack = struct.pack ?? (hostAbi === "darwin-x64" ? struct.applePack : undefined);
    members[name] = pack ? [Math.min(pack, koffi().alignof(type)), type] : type;
  }
  const type = struct.kind === "union" ? koffi().union(members) : koffi().struct(members);
  if (!hasLayoutOf(type, struct))
    throw new TypeError(`${struct.name}: koffi has no type for fields that share memory; use its read() and write()`);
  structTypes.set(struct, type);
  defined += 1;
  return type;
}

/**
 * Whether koffi's layout is the struct's. It is not for bit-fields and unnamed members, which koffi would place
 * consecutively.
 */
function hasLayoutOf(type: TypeObject, { kind, layouts }: Struct): boolean {
  const { size, offsets } = layouts[hostAbi];
  const places = Object.entries<number>(offsets);
  return (
    koffi().sizeof(type) === size &&
    (kind === "union" || places.every(([name, offset]) => koffi().offsetof(type, name) === offset))
  );
}

function fieldType(type: FieldType): TypeObject | string {
  if ("array" in type) return koffi().array(fieldType(type.array) as TypeObject, type.count);
  return "struct" in type ? koffiType(type) : scalarTypes[type.scalar];
}

function parameterType(parameter: Parameter): TypeObject | string {
  if (parameter.struct) return koffiType(parameter.struct());
  return parameter.value ? scalarTypes[parameter.value.scalar] : "uintptr_t";
}

export function parameterTypes(signature: Signature): (TypeObject | string)[] {
  return signature.parameters.map(parameterType);
}

export function returnType(signature: Signature): string {
  return scalarTypes[signature.returns.scalar];
}

/** The prototype of a function pointer. */
export function koffiPrototype(signature: Signature | CallbackDeclaration): TypeObject {
  defined += 1;
  // koffi writes the convention only where one exists: 32-bit x86.
  const convention = signature.convention === "stdcall" ? "__stdcall" : "__cdecl";
  return koffi().proto(convention, null, returnType(signature), parameterTypes(signature));
}
