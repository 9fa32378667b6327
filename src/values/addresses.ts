import { type Address, hostAbi, pointerSize } from "../ctypes/index.ts";
import { shapeOf } from "./shape.ts";

/**
 * The lowest valid address. No system maps anything below it, so a smaller number is a mistake or a part of another
 * struct.
 */
export const lowestAddress = 0x1_0000;
/**
 * The highest valid address. A larger number would be truncated to the width of a pointer and become another address.
 */
export const highestAddress = (1n << BigInt(8 * pointerSize(hostAbi))) - 1n;

/** The lowest number that no address has. */
const beyond = 2 ** (8 * pointerSize(hostAbi));

/**
 * Checks an address that memory is read from or written to, because the process ends at a wrong one. An address that
 * passes can still be wrong. `lowest` is smaller where a small number may be meant that is no address.
 *
 * @returns the address, as a Number where that is exact, because comparing and passing a BigInt takes longer.
 * @throws TypeError or RangeError naming `argument`
 */
export function checkAddress(value: Address, argument: string, lowest: number = lowestAddress): Address {
  if (typeof value !== "number" && typeof value !== "bigint")
    throw new TypeError(`${argument}: expected an address, got ${shapeOf(value)}`);
  const number = Number(value);
  if (Number.isSafeInteger(number)) {
    if (number >= lowest && number < beyond) return number;
  } else if (typeof value === "bigint" && number >= lowest && value <= highestAddress) return value;
  throw new RangeError(`${argument}: expected an address, got ${value}`);
}
