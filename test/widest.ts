import { hostAbi, pointerSize } from "../src/ctypes/index.ts";

const bits = 8 * pointerSize(hostAbi);

/** The largest value of a pointer's width on this platform. */
export const widest = 2n ** BigInt(bits) - 1n;

/** The largest value of a pointer's width that a Number holds exactly. */
export const widestNumber = bits === 32 ? 2 ** 32 - 1 : Number.MAX_SAFE_INTEGER;

/** The alignment in bytes of an ArrayBuffer's first byte, and of allocations of Windows' heaps. */
export const alignment = bits / 4;
