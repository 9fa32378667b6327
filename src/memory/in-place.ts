import { addressOfBuffer, copyOut } from "../native/index.ts";
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

/** The last two arrays, which many callers pass again and again; their buffers are cached too. */
let recentView: Uint8Array = new Uint8Array();
let recentViewAddress = 0;
let earlierView = recentView;
let earlierViewAddress = 0;

/**
 * The address of bytes that native code reads and writes in place. The caller keeps them reachable and attached until
 * the call returns. The addresses of recently used buffers are cached, because an attached buffer never moves.
 *
 * @throws TypeError or RangeError naming `argument`
 */
export function addressInPlace(value: Uint8Array, argument: string): number {
  // An array never changes its buffer and its offset, and it has a first element while its buffer is attached.
  if (value === recentView && value[0] !== undefined) return recentViewAddress;
  if (value === earlierView && value[0] !== undefined) return earlierViewAddress;
  return addressOfView(value, argument);
}

function addressOfView(value: Uint8Array, argument: string): number {
  if (value instanceof Uint8Array && lengthOf(value) > 0) {
    const buffer = bufferOf(value);
    if (buffer === recent) return cached(value, recentAddress);
    if (buffer === earlier) return cached(value, earlierAddress);
  }
  const bytes = checkMutableBytes(value, argument);
  const address = addressOfBuffer(bytes.buffer);
  if (bytes.buffer.byteLength > largest) return address + bytes.byteOffset;
  earlier = recent;
  earlierAddress = recentAddress;
  recent = bytes.buffer;
  recentAddress = address;
  return cached(value, address);
}

function cached(view: Uint8Array, bufferAddress: number): number {
  earlierView = recentView;
  earlierViewAddress = recentViewAddress;
  recentView = view;
  recentViewAddress = bufferAddress + offsetOf(view);
  return recentViewAddress;
}

/**
 * The first `size` bytes at an address, to be read at once: those of an array that {@link addressInPlace} found there
 * lately, which needs no native call, or a copy.
 */
export function bytesAt(address: number, size: number): Uint8Array {
  if (address === recentViewAddress && lengthOf(recentView) >= size) return recentView;
  if (address === earlierViewAddress && lengthOf(earlierView) >= size) return earlierView;
  return copyOut(address, size);
}
