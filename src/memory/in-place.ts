import { addressOfBuffer } from "../native/index.ts";
import { bufferOf, checkMutableBytes, lengthOf, offsetOf } from "../values/index.ts";

/**
 * The largest buffer whose address is cached. A cached buffer stays reachable, so it has to be small, like Buffer's
 * pools and most messages.
 */
const largest = 0x1_0000;

let recent: ArrayBufferLike | undefined;
let recentAddress = 0;
/** Two addresses are cached, because an in-place message has a token and a data buffer. */
let earlier: ArrayBufferLike | undefined;
let earlierAddress = 0;

/**
 * The address of bytes that native code reads and writes in place. The caller keeps them reachable and attached until
 * the call returns. The addresses of recently used buffers are cached, because an attached buffer never moves.
 *
 * @throws TypeError or RangeError naming `argument`
 */
export function addressInPlace(value: Uint8Array, argument: string): number {
  // A view with a length above 0 proves that its buffer is still attached.
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
