import { hostAbi, pointerSize } from "../src/ctypes/index.ts";

const bits = 8 * pointerSize(hostAbi);

/** The largest value that is as wide as a pointer here. */
export const widest = 2n ** BigInt(bits) - 1n;

/** The largest of those that a Number holds exactly. */
export const widestNumber = bits === 32 ? 2 ** 32 - 1 : Number.MAX_SAFE_INTEGER;

/** Where the first byte of an ArrayBuffer is a multiple of, as of what Windows' heaps hand out. */
export const alignment = bits / 4;
