import { types } from "node:util";
import { type Abi, hostAbi } from "./abi.ts";
import { type Scalar, u8, u16 } from "./scalar.ts";
import type { Struct } from "./struct.ts";

/** An array of `count` elements inside a struct: reads and writes all of them. */
export interface FixedArray<T = unknown> {
  readonly array: Scalar | Struct;
  readonly count: number;
  get(view: DataView, at: number, abi?: Abi): T;
  /** Writes at most `count` elements; elements that the value does not have are not changed. */
  set(view: DataView, at: number, value: T, what: string, abi?: Abi): void;
}

function checkLength(length: number, count: number, what: string): void {
  if (length > count) throw new RangeError(`${what}: expected at most ${count} elements, got ${length}`);
}

/** Reads `count` bytes as a copy, whatever type C declares there. */
export function bytes(count: number, array: Scalar | Struct = u8): FixedArray<Uint8Array> {
  return {
    array,
    count,
    get: (view, at) => {
      if (at + count > view.byteLength) throw new RangeError(`expected ${count} bytes at ${at} of ${view.byteLength}`);
      return new Uint8Array(view.buffer, view.byteOffset + at, count).slice();
    },
    set(view, at, value, what) {
      if (!types.isUint8Array(value)) throw new TypeError(`${what}: expected a Uint8Array, got ${typeof value}`);
      // Copy first, because a subclass may report another length or other elements on a second read; `slice` would
      // make the copy with the subclass.
      const copy = new Uint8Array(value);
      checkLength(copy.length, count, what);
      for (const [index, byte] of copy.entries()) view.setUint8(at + index, byte);
    },
  };
}

/** UTF-16 text up to the first NUL, or up to the end of the array. */
export function wideText(count: number): FixedArray<string> {
  return {
    array: u16,
    count,
    get(view, at) {
      let text = "";
      for (let index = 0; index < count; index++) {
        const unit = view.getUint16(at + index * 2, true);
        if (unit === 0) break;
        text += String.fromCharCode(unit);
      }
      return text;
    },
    set(view, at, value, what) {
      if (typeof value !== "string") throw new TypeError(`${what}: expected a string, got ${typeof value}`);
      checkLength(value.length, count, what);
      for (let index = 0; index < value.length; index++) view.setUint16(at + index * 2, value.charCodeAt(index), true);
    },
  };
}

/** An array of scalars or structs. */
export function arrayOf<T>(element: Scalar<T> | Struct<T>, count: number): FixedArray<T[]> {
  if (typeof element !== "object" || element === null || !("struct" in element || "scalar" in element))
    throw new TypeError(`element: expected a scalar or a struct, got ${element === null ? "null" : typeof element}`);
  const isStruct = "struct" in element;
  const sizeOf = (abi: Abi): number => (isStruct ? element.layouts[abi].size : element.size(abi));
  return {
    array: element,
    count,
    get(view, at, abi = hostAbi) {
      const size = sizeOf(abi);
      return Array.from({ length: count }, (_, index) =>
        isStruct ? element.read(view, at + index * size, abi) : element.get(view, at + index * size, abi),
      );
    },
    set(view, at, value, what, abi = hostAbi) {
      if (!Array.isArray(value)) throw new TypeError(`${what}: expected an array, got ${typeof value}`);
      checkLength(value.length, count, what);
      const size = sizeOf(abi);
      for (let index = 0; index < count; index += 1) {
        const one = value[index] as T;
        if (isStruct) element.write(view, one as Partial<T>, at + index * size, abi);
        else element.set(view, at + index * size, one, `${what}[${index}]`, abi);
      }
    },
  };
}
