import { hostAbi, pointerSize } from "../ctypes/index.ts";

/**
 * The lowest valid address. No system maps anything below it, so a smaller number is a mistake or a part of another
 * struct.
 */
export const lowestAddress = 0x1_0000n;
/**
 * The highest valid address. A larger number would be truncated to the width of a pointer and become another address.
 */
export const highestAddress = (1n << BigInt(8 * pointerSize(hostAbi))) - 1n;
