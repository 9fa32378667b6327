import { type Abi, hostAbi, longSize, pointerSize } from "./abi.ts";

/**
 * One scalar C type: its width, and how its value is read from and written to memory. `set` first checks the value and
 * names `what` in its error, because native code would accept any number.
 */
export interface Scalar<T = unknown> {
  /** Its name here. */
  readonly scalar: ScalarName;
  /** How many bytes it takes. */
  size(abi?: Abi): number;
  /** Reads it at byte `at`. */
  get(view: DataView, at: number, abi?: Abi): T;
  /** Writes it at byte `at`; `what` names it in errors. */
  set(view: DataView, at: number, value: T, what: string, abi?: Abi): void;
  /** Returns the value for native code, or throws a TypeError or RangeError naming `what`. */
  check(value: unknown, what: string, abi?: Abi): number | bigint;
}

/** The name of a scalar C type. */
export type ScalarName =
  | "void"
  | "u8"
  | "i8"
  | "u16"
  | "i16"
  | "u32"
  | "i32"
  | "u64"
  | "i64"
  | "usize"
  | "isize"
  | "long"
  | "ulong"
  | "pointer"
  | "bool8"
  | "bool32";

function shown(value: unknown): string {
  return typeof value === "number" || typeof value === "bigint" ? `${value}` : value === null ? "null" : typeof value;
}

function integer(scalar: ScalarName, bytes: number, min: number, max: number): Scalar<number> {
  const check = (value: unknown, what: string): number => {
    if (typeof value !== "number") throw new TypeError(`${what}: expected a number, got ${shown(value)}`);
    if (!Number.isInteger(value) || value < min || value > max)
      throw new RangeError(`${what}: expected an integer from ${min} to ${max}, got ${value}`);
    return value;
  };
  const signed = min < 0;
  return {
    scalar,
    size: () => bytes,
    check,
    get(view, at) {
      if (bytes === 1) return signed ? view.getInt8(at) : view.getUint8(at);
      if (bytes === 2) return signed ? view.getInt16(at, true) : view.getUint16(at, true);
      return signed ? view.getInt32(at, true) : view.getUint32(at, true);
    },
    set(view, at, value, what) {
      check(value, what);
      if (bytes === 1) view.setUint8(at, value);
      else if (bytes === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
    },
  };
}

function wide(scalar: ScalarName, signed: boolean, width: (abi: Abi) => 4 | 8): Scalar<bigint> {
  const check = (value: unknown, what: string, abi: Abi = hostAbi): bigint => {
    if (typeof value !== "bigint" && typeof value !== "number")
      throw new TypeError(`${what}: expected a bigint or an integer, got ${shown(value)}`);
    if (typeof value === "number" && !Number.isSafeInteger(value))
      throw new RangeError(`${what}: expected an integer no larger than 2^53 - 1 (or a bigint), got ${value}`);
    const bits = width(abi) * 8;
    const wanted = BigInt(value);
    const wrapped = signed ? BigInt.asIntN(bits, wanted) : BigInt.asUintN(bits, wanted);
    if (wrapped !== wanted)
      throw new RangeError(`${what}: expected ${signed ? "a signed" : "an unsigned"} ${bits}-bit value, got ${value}`);
    return wanted;
  };
  return {
    scalar,
    size: (abi = hostAbi) => width(abi),
    check,
    get(view, at, abi = hostAbi) {
      if (width(abi) === 4) return BigInt(signed ? view.getInt32(at, true) : view.getUint32(at, true));
      return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
    },
    set(view, at, value, what, abi = hostAbi) {
      const checked = check(value, what, abi);
      if (width(abi) === 4) view.setUint32(at, Number(BigInt.asUintN(32, checked)), true);
      else view.setBigUint64(at, BigInt.asUintN(64, checked), true);
    },
  };
}

function truth(scalar: ScalarName, bytes: 1 | 4): Scalar<boolean> {
  const check = (value: unknown, what: string): number => {
    if (typeof value !== "boolean") throw new TypeError(`${what}: expected a boolean, got ${shown(value)}`);
    return value ? 1 : 0;
  };
  return {
    scalar,
    size: () => bytes,
    check,
    get: (view, at) => (bytes === 1 ? view.getUint8(at) : view.getUint32(at, true)) !== 0,
    set(view, at, value, what) {
      const bit = check(value, what);
      if (bytes === 1) view.setUint8(at, bit);
      else view.setUint32(at, bit, true);
    },
  };
}

const eight = (): 8 => 8;

/** An unsigned integer of 8 bits: `BYTE`, `uint8_t`. */
export const u8 = /* @__PURE__ */ integer("u8", 1, 0, 0xff);
/** A signed integer of 8 bits: `char`, `int8_t`. */
export const i8 = /* @__PURE__ */ integer("i8", 1, -0x80, 0x7f);
/** An unsigned integer of 16 bits: `USHORT`, `uint16_t`. */
export const u16 = /* @__PURE__ */ integer("u16", 2, 0, 0xffff);
/** A signed integer of 16 bits: `SHORT`, `int16_t`. */
export const i16 = /* @__PURE__ */ integer("i16", 2, -0x8000, 0x7fff);
/** An unsigned integer of 32 bits: `ULONG`, `DWORD`, a status, `uint32_t`. */
export const u32 = /* @__PURE__ */ integer("u32", 4, 0, 0xffff_ffff);
/** A signed integer of 32 bits: `LONG`, `int`, `int32_t`. */
export const i32 = /* @__PURE__ */ integer("i32", 4, -0x8000_0000, 0x7fff_ffff);
/** An unsigned integer of 64 bits: `ULONGLONG`, `uint64_t`. */
export const u64 = /* @__PURE__ */ wide("u64", false, eight);
/** A signed integer of 64 bits: `LONGLONG`, `int64_t`. */
export const i64 = /* @__PURE__ */ wide("i64", true, eight);
/** `ULONG_PTR`, `SIZE_T`, `HANDLE`: as wide as a pointer, but a value and not an address. */
export const usize = /* @__PURE__ */ wide("usize", false, pointerSize);
/** `LONG_PTR`, `INT_PTR`. */
export const isize = /* @__PURE__ */ wide("isize", true, pointerSize);
/** C's `long` with the platform's width, for headers other than those of Windows. */
export const long = /* @__PURE__ */ wide("long", true, longSize);
/** C's `unsigned long` with the platform's width. */
export const ulong = /* @__PURE__ */ wide("ulong", false, longSize);
/** An address; the declaration that uses it says what it points to. */
export const pointer = /* @__PURE__ */ wide("pointer", false, pointerSize);
/** `BOOLEAN`: one byte. */
export const bool8 = /* @__PURE__ */ truth("bool8", 1);
/** `BOOL`: four bytes. */
export const bool32 = /* @__PURE__ */ truth("bool32", 4);
/** Every scalar that a value can have. */
export const scalars: readonly Scalar[] = [
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  u64,
  i64,
  usize,
  isize,
  long,
  ulong,
  pointer,
  bool8,
  bool32,
];
/** What a function without a result returns. */
export const nothing = { scalar: "void" } as const;
