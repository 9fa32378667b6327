import { addressOfBuffer } from "../native/index.ts";
import { bufferOf, checkMutableBytes, lengthOf, offsetOf } from "../values/index.ts";

/** What is remembered stays reachable, so it has to be small: Buffer's pools are, and most messages. */
const largest = 0x1_0000;

let recent: ArrayBufferLike | undefined;
let recentAddress = 0;
/** A message in place is two buffers, its token and its data. */
let earlier: ArrayBufferLike | undefined;
let earlierAddress = 0;

/**
 * Where bytes are that native code reads and writes in place; they are reachable and not detached until the call
 * returns. A buffer that is used again and again is not asked for its address again: attached, it never moves.
 *
 * @throws TypeError or RangeError naming `argument`
 */
export function addressInPlace(value: Uint8Array, argument: string): number {
  // That its view is not empty shows that a buffer is still attached.
  if (value instanceof Uint8Array && lengthOf(value) > 0) {
    const buffer = bufferOf(value);
    if (buffer === recent) return recentAddress + offsetOf(value);
    if (buffer === earlier) return earlierAddress + offsetOf(value);
  }
  const bytes = checkMutableBytes(value, argument);
  const address = addressOfBuffer(bytes.buffer);
  if (bytes.buffer.byteLength <= largest) {
    earlier = recent;
    earlierAddress = recentAddress;
    recent = bytes.buffer;
    recentAddress = address;
  }
  return address + bytes.byteOffset;
}
