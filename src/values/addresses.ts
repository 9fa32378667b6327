import { hostAbi, pointerSize } from "../ctypes/index.ts";

/** No system maps anything below this: a smaller number is no address, but a mistake or part of another struct. */
export const lowestAddress = 0x1_0000n;
/** A larger number would be cut to the width of a pointer, and be another address. */
export const highestAddress = (1n << BigInt(8 * pointerSize(hostAbi))) - 1n;
