import { types } from "node:util";
import { shapeOf } from "./shape.ts";

/** The most bytes a `SecBuffer` can describe: `cbBuffer` is 32 bits wide. */
const maxBytes = 0xffff_ffff;

const intrinsic = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array);
const dataView = Object.getOwnPropertyDescriptors(DataView.prototype);
const lengthGetter = intrinsic.length.get as () => number;
const offsetGetter = intrinsic.byteOffset.get as () => number;
const bufferGetter = intrinsic.buffer.get as () => ArrayBufferLike;

// An array's own properties cannot be trusted: a subclass, an own property or another prototype can replace them.
// Native code would then read and write outside of the array's memory, so only the intrinsic getters of V8 are used.

/** The real length of an array in bytes. @throws TypeError for a value that is not a typed array */
export function lengthOf(bytes: Uint8Array): number {
  return lengthGetter.call(bytes);
}

/** The real offset of an array in its buffer. @throws TypeError for a value that is not a typed array */
export function offsetOf(bytes: Uint8Array): number {
  return offsetGetter.call(bytes);
}

/** The real buffer of an array. @throws TypeError for a value that is not a typed array */
export function bufferOf<B extends ArrayBufferLike>(bytes: Uint8Array<B>): B {
  return bufferGetter.call(bytes) as B;
}

/** The real buffer, offset and length of a typed array or a DataView. */
export interface Extent {
  readonly buffer: ArrayBufferLike;
  readonly offset: number;
  readonly length: number;
}

/** Reads the real extent of a view in bytes. @throws TypeError naming `argument` where its buffer is detached */
export function extentOf(view: ArrayBufferView, argument: string): Extent {
  const getters = types.isTypedArray(view) ? intrinsic : dataView;
  try {
    return {
      buffer: (getters.buffer.get as () => ArrayBufferLike).call(view),
      offset: (getters.byteOffset.get as () => number).call(view),
      length: (getters.byteLength.get as () => number).call(view),
    };
  } catch {
    throw new TypeError(`${argument}: its ArrayBuffer is detached (it was transferred to somewhere else)`);
  }
}

/** Whether a value is a Uint8Array of this or another realm, for example of a vm or a test runner. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}

/**
 * Checks bytes to read from, and returns a plain view with the real length on the caller's memory.
 *
 * @throws TypeError or RangeError naming `argument`; the error shows the type and length of the value, never its
 * content
 */
export function checkBytes(value: unknown, argument: string): Uint8Array {
  if (!isBytes(value)) throw new TypeError(`${argument}: expected a Uint8Array or Buffer, got ${shapeOf(value)}`);
  const length = lengthOf(value);
  if (length > maxBytes) throw new RangeError(`${argument}: expected at most ${maxBytes} bytes, got ${length}`);
  try {
    return new Uint8Array(bufferOf(value), offsetOf(value), length);
  } catch {
    throw new TypeError(`${argument}: its ArrayBuffer is detached (it was transferred to somewhere else)`);
  }
}

/**
 * Checks bytes that native code reads and writes in place.
 *
 * @throws as {@link checkBytes}, TypeError for shared memory
 */
export function checkMutableBytes(value: unknown, argument: string): Uint8Array<ArrayBuffer> {
  const bytes = checkBytes(value, argument);
  if (types.isSharedArrayBuffer(bytes.buffer))
    throw new TypeError(`${argument}: expected bytes of an ArrayBuffer, got bytes of a SharedArrayBuffer`);
  return bytes as Uint8Array<ArrayBuffer>;
}
