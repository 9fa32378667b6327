import type { Field, Parameter, Resolved } from "../model/types.ts";

/** The ctypes word for a type that fits in a register. */
export function scalarWord(type: Resolved): string {
  if (type.kind === "scalar") return type.scalar;
  return type.kind === "enum" ? "i32" : "pointer";
}

const numbers = new Set(["u8", "i8", "u16", "i16", "u32", "i32"]);

/** Returns the TypeScript type of a scalar. */
export function scalarType(word: string): "number" | "boolean" | "bigint" {
  if (numbers.has(word)) return "number";
  return word.startsWith("bool") ? "boolean" : "bigint";
}

/** Whether reading a word depends on the width of pointers, or of the platform's `long`. */
export function needsAbi(word: string): boolean {
  return ["pointer", "usize", "isize", "long", "ulong"].includes(word);
}

export type ArrayShape = "bytes" | "text" | "elements";

/** Returns how a field with a count is read: as bytes, as text, or element by element. */
export function arrayShape(field: Field): ArrayShape | undefined {
  if (field.count === undefined) return undefined;
  if (field.type.kind === "scalar" && field.type.text === "wide") return "text";
  if (field.type.kind === "scalar" && ["u8", "i8"].includes(field.type.scalar)) return "bytes";
  return field.trailing && field.counts === "bytes" ? "bytes" : "elements";
}

/** Returns the type of a field in its struct's interface. */
export function fieldType(field: Field, structName: (name: string) => string): string {
  const shape = arrayShape(field);
  if (shape === "bytes") return "Uint8Array";
  if (shape === "text") return "string";
  const one = field.type.kind === "struct" ? structName(field.type.name) : scalarType(scalarWord(field.type));
  return shape === "elements" ? `${one}[]` : one;
}

/** Whether a pointer parameter is a buffer of the caller, not a single value. */
export function isBuffer({ type, sizedBy }: Parameter): boolean {
  if (type.kind !== "pointer") return false;
  return type.to.kind === "void" || (sizedBy !== undefined && type.to.kind !== "pointer" && type.to.kind !== "struct");
}

/** Returns the kind of NUL-terminated text that the callee reads, if it does. */
export function textOf(type: Resolved): "wide-string" | "ansi-string" | undefined {
  if (type.kind !== "pointer" || type.to.kind !== "scalar" || type.to.text === undefined) return undefined;
  return type.to.text === "wide" ? "wide-string" : "ansi-string";
}
