import { type Abi, abis, pointerSize } from "../../src/ctypes/abi.ts";
import { scalars as scalarTypes } from "../../src/ctypes/scalar.ts";
import type { Layout, Resolved, ScalarName } from "./types.ts";

/** A member before it has an offset. An unnamed struct or union keeps its members inside it. */
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
  /** The first bit of each bit-field in its storage unit. */
  readonly shifts: Readonly<Record<string, number>>;
}

const scalars = new Map<ScalarName, { size(abi?: Abi): number }>(scalarTypes.map((scalar) => [scalar.scalar, scalar]));

export type LayoutOf = (struct: string, abi: Abi) => Layout;

/** Lays members out as Microsoft's compilers do: bit-fields never straddle their storage unit. */
export function place(
  kind: "struct" | "union",
  members: readonly Member[],
  pack: number | undefined,
  abi: Abi,
  layoutOf: LayoutOf,
): Placed {
  const placement = new Placement(kind);
  for (const member of members) {
    const inner = member.members && place(member.kind ?? "struct", member.members, pack, abi, layoutOf);
    const { size, align } = inner ?? extentOf(member, abi, layoutOf);
    placement.add(member, { size, align: Math.min(align, pack ?? align) }, inner);
  }
  return placement.result();
}

class Placement {
  readonly #kind: "struct" | "union";
  readonly #offsets: Record<string, number> = {};
  readonly #shifts: Record<string, number> = {};
  #end = 0;
  #size = 0;
  #align = 1;
  /** The storage unit that the next bit-field can share. */
  #unit: { readonly at: number; readonly size: number; used: number } | undefined;

  constructor(kind: "struct" | "union") {
    this.#kind = kind;
  }

  add(member: Member, extent: Extent, inner: Placed | undefined): void {
    this.#align = Math.max(this.#align, extent.align);
    if (member.bits !== undefined && this.#kind === "struct") this.#addBits(member, member.bits, extent);
    else {
      const start = this.#reserve(extent);
      for (const [name, offset] of Object.entries(inner?.offsets ?? {})) this.#offsets[name] = start + offset;
      Object.assign(this.#shifts, inner?.shifts);
      this.#name(member, start, 0);
      this.#unit = undefined;
    }
  }

  #addBits(member: Member, bits: number, extent: Extent): void {
    const fits = this.#unit?.size === extent.size && this.#unit.used + bits <= extent.size * 8;
    const unit = fits && this.#unit ? this.#unit : { at: this.#reserve(extent), size: extent.size, used: 0 };
    this.#name(member, unit.at, unit.used);
    unit.used += bits;
    this.#unit = unit;
  }

  #reserve({ size, align }: Extent): number {
    const start = this.#kind === "union" ? 0 : roundUp(this.#end, align);
    this.#end = start + size;
    this.#size = Math.max(this.#size, this.#end);
    return start;
  }

  #name({ name, bits }: Member, offset: number, shift: number): void {
    if (name === undefined) return;
    this.#offsets[name] = offset;
    if (bits !== undefined) this.#shifts[name] = shift;
  }

  result(): Placed {
    const size = roundUp(this.#size, this.#align);
    return { size, align: this.#align, offsets: this.#offsets, shifts: this.#shifts };
  }
}

function extentOf(member: Member, abi: Abi, layoutOf: LayoutOf): Extent {
  const { type, count = 1 } = member;
  if (type === undefined) return { size: 0, align: 1 };
  const one = extentOfType(type, abi, layoutOf);
  return { size: one.size * count, align: one.align };
}

export function extentOfType(type: Resolved, abi: Abi, layoutOf: LayoutOf): Extent {
  if (type.kind === "struct") return layoutOf(type.name, abi);
  const size =
    type.kind === "scalar" ? (scalars.get(type.scalar)?.size(abi) ?? 0) : type.kind === "enum" ? 4 : pointerSize(abi);
  return { size, align: size };
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** Calls the function once for each ABI. */
export function perAbi<T>(make: (abi: Abi) => T): Record<Abi, T> {
  return Object.fromEntries(abis.map((abi) => [abi, make(abi)])) as Record<Abi, T>;
}
