import { type Abi, abis, pointerSize } from "../../src/ctypes/abi.ts";
import * as words from "../../src/ctypes/scalar.ts";
import type { Layout, Resolved, ScalarName } from "./types.ts";

/** A member before it has an offset. Unnamed structs and unions keep their members inside. */
export interface Member {
  readonly name?: string;
  readonly kind?: "struct" | "union";
  readonly members?: readonly Member[];
  readonly type?: Resolved;
  readonly count?: number;
  readonly bits?: number;
}

interface Extent {
  readonly size: number;
  readonly align: number;
}

export interface Placed extends Layout {
  /** First bit of each bit-field inside its storage unit. */
  readonly shifts: Readonly<Record<string, number>>;
}

const scalars = new Map<ScalarName, { size(abi?: Abi): number }>(
  [
    words.u8,
    words.i8,
    words.u16,
    words.i16,
    words.u32,
    words.i32,
    words.u64,
    words.i64,
    words.usize,
    words.isize,
    words.pointer,
    words.bool8,
    words.bool32,
  ].map((scalar) => [scalar.scalar, scalar]),
);

export type LayoutOf = (struct: string, abi: Abi) => Layout;

/** Lays members out as Microsoft's compilers do, with bit-fields that never straddle their storage unit. */
export function place(
  kind: "struct" | "union",
  members: readonly Member[],
  pack: number | undefined,
  abi: Abi,
  layoutOf: LayoutOf,
): Placed {
  const offsets: Record<string, number> = {};
  const shifts: Record<string, number> = {};
  let end = 0;
  let size = 0;
  let align = 1;
  let unit: { at: number; size: number; used: number } | undefined;
  for (const member of members) {
    const inner = member.members && place(member.kind ?? "struct", member.members, pack, abi, layoutOf);
    const extent = inner ?? extentOf(member, abi, layoutOf);
    const boundary = Math.min(extent.align, pack ?? extent.align);
    align = Math.max(align, boundary);
    if (member.bits !== undefined && unit?.size === extent.size && unit.used + member.bits <= extent.size * 8) {
      if (member.name !== undefined) {
        offsets[member.name] = unit.at;
        shifts[member.name] = unit.used;
      }
      unit.used += member.bits;
      continue;
    }
    const start = kind === "union" ? 0 : roundUp(end, boundary);
    for (const [name, offset] of Object.entries(inner?.offsets ?? {})) offsets[name] = start + offset;
    Object.assign(shifts, inner?.shifts);
    if (member.name !== undefined) {
      offsets[member.name] = start;
      if (member.bits !== undefined) shifts[member.name] = 0;
    }
    unit =
      member.bits === undefined || kind === "union" ? undefined : { at: start, size: extent.size, used: member.bits };
    end = start + extent.size;
    size = Math.max(size, end);
  }
  return { size: roundUp(size, align), align, offsets, shifts };
}

function extentOf(member: Member, abi: Abi, layoutOf: LayoutOf): Extent {
  const { type, count = 1 } = member;
  if (type === undefined) return { size: 0, align: 1 };
  const one = extentOfType(type, abi, layoutOf);
  return { size: one.size * count, align: one.align };
}

function extentOfType(type: Resolved, abi: Abi, layoutOf: LayoutOf): Extent {
  if (type.kind === "struct") return layoutOf(type.name, abi);
  const size =
    type.kind === "scalar" ? (scalars.get(type.scalar)?.size(abi) ?? 0) : type.kind === "enum" ? 4 : pointerSize(abi);
  return { size, align: size };
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** Calls once for each ABI. */
export function perAbi<T>(make: (abi: Abi) => T): Record<Abi, T> {
  return Object.fromEntries(abis.map((abi) => [abi, make(abi)])) as Record<Abi, T>;
}
