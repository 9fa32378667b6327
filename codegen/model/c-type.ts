import type { Resolved } from "./types.ts";

/** A C type as spelled, split into its name and the number of stars after it. */
export interface Spelling {
  readonly base: string;
  readonly pointers: number;
}

const noise = new Set(["const", "CONST", "volatile", "struct", "union", "enum", "FAR"]);

export function parseSpelling(type: string): Spelling {
  const base = type
    .replaceAll("*", " ")
    .split(/\s+/)
    .filter((word) => word !== "" && !noise.has(word))
    .join(" ");
  return { base, pointers: type.split("*").length - 1 };
}

export function pointerTo(type: Resolved, depth: number): Resolved {
  return depth === 0 ? type : pointerTo({ kind: "pointer", to: type }, depth - 1);
}

/** The built-in types of C with their Windows widths on every ABI: a `long` has 32 bits. */
export const builtin: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ["void", { kind: "void" }],
  ["char", { kind: "scalar", scalar: "i8", text: "ansi" }],
  ["signed char", { kind: "scalar", scalar: "i8" }],
  ["unsigned char", { kind: "scalar", scalar: "u8" }],
  ["short", { kind: "scalar", scalar: "i16" }],
  ["unsigned short", { kind: "scalar", scalar: "u16" }],
  ["wchar_t", { kind: "scalar", scalar: "u16", text: "wide" }],
  ["int", { kind: "scalar", scalar: "i32" }],
  ["unsigned int", { kind: "scalar", scalar: "u32" }],
  ["long", { kind: "scalar", scalar: "i32" }],
  ["unsigned long", { kind: "scalar", scalar: "u32" }],
  ["long long", { kind: "scalar", scalar: "i64" }],
  ["unsigned long long", { kind: "scalar", scalar: "u64" }],
  ["__int64", { kind: "scalar", scalar: "i64" }],
  ["unsigned __int64", { kind: "scalar", scalar: "u64" }],
]);

/** The types of `long` in a header that uses the platform's own width. */
export const platformLong: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ["long", { kind: "scalar", scalar: "long" }],
  ["unsigned long", { kind: "scalar", scalar: "ulong" }],
]);
