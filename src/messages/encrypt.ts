import { SECBUFFER_DATA, SECBUFFER_PADDING, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { addressInPlace, leaseWorkspace, returnWorkspace } from "../memory/index.ts";
import { checkBytes, lengthOf } from "../values/index.ts";
import { type Channel, notForStreams } from "./channel.ts";
import { encryptRecords } from "./encrypt-records.ts";
import { callEncrypt } from "./native-calls.ts";
import { type ProtectOptions, protectionOf } from "./options.ts";
import { returnedSize } from "./returned-size.ts";

const operation = "EncryptMessage";

/** Encrypts a message into a new buffer with `token ‖ data ‖ padding`, or with records; the message is not changed. */
export function encrypt(channel: Channel, message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
  const { trailer, records } = channel;
  if (records) return encryptRecords(channel, records, message, options);
  const { quality, sequence } = protectionOf(options);
  const plain = checkBytes(message, "message");
  // Read the length only once, because shared memory may grow at any time.
  const { length } = plain;
  const block = paddingOf(channel);
  checkSize(trailer + length + block);
  const sealed = Buffer.allocUnsafe(trailer + length + block);
  // Zeroed, because bytes that a package does not write are sent too, and must not be old memory.
  sealed.fill(0, 0, trailer);
  sealed.set(plain, trailer);
  sealed.fill(0, trailer + length);
  const start = addressInPlace(sealed, "message");
  const workspace = leaseWorkspace();
  try {
    const buffers = workspace.message;
    buffers.length = block > 0 ? 3 : 2;
    buffers.set(0, SECBUFFER_TOKEN, start, trailer);
    buffers.set(1, SECBUFFER_DATA, start + trailer, length);
    if (block > 0) buffers.set(2, SECBUFFER_PADDING, start + trailer + length, block);
    callEncrypt(channel, workspace, quality, sequence);
    const used = returnedSize(operation, buffers, 0, start, trailer);
    const data = returnedSize(operation, buffers, 1, start + trailer, length);
    // The token may be shorter than its room; then move data and padding forward to it.
    if (used < trailer) sealed.copyWithin(used, trailer, trailer + data);
    const address = start + trailer + length;
    const padding = block > 0 ? returnedSize(operation, buffers, 2, address, block) : 0;
    if (padding > 0) sealed.copyWithin(used + data, trailer + length, trailer + length + padding);
    return sealed.subarray(0, used + data + padding);
  } finally {
    returnWorkspace(workspace);
  }
}

/**
 * The room for padding. It is 0 where the provider leaves the padding buffer unchanged, because the unchanged room
 * would be sent as padding.
 */
function paddingOf({ provider, block }: Channel): number {
  return provider.traits.writesPadding ? block : 0;
}

/** Encrypts `data` in place, writes the token to `token`, and returns how many bytes of `token` were used. */
export function encryptInPlace(
  channel: Channel,
  token: Uint8Array,
  data: Uint8Array,
  options?: ProtectOptions,
): number {
  if (channel.records) throw notForStreams("encryptInPlace", "encrypt");
  const { quality, sequence } = protectionOf(options);
  const tokenAddress = addressInPlace(token, "token");
  const dataAddress = addressInPlace(data, "data");
  const tokenLength = lengthOf(token);
  if (tokenLength < channel.trailer)
    throw new RangeError(`token: expected room for ${channel.trailer} bytes, got ${tokenLength}`);
  const workspace = leaseWorkspace();
  try {
    const buffers = workspace.message;
    const { trailer, block } = channel;
    buffers.length = block > 1 ? 3 : 2;
    // Otherwise offer the whole room, because Wine's Kerberos needs more than it announces.
    const room = channel.provider.traits.takesExactTokenRoom ? trailer : tokenLength;
    buffers.set(0, SECBUFFER_TOKEN, tokenAddress, room);
    const dataLength = lengthOf(data);
    buffers.set(1, SECBUFFER_DATA, dataAddress, dataLength);
    if (block > 1) buffers.set(2, SECBUFFER_PADDING, workspace.arena.allocate(block).address, block);
    callEncrypt(channel, workspace, quality, sequence);
    if (block > 1 && buffers.size(2) > 0)
      throw new RangeError("data: the package pads this message, so it cannot be encrypted in place; use encrypt()");
    returnedSize(operation, buffers, 1, dataAddress, dataLength);
    return returnedSize(operation, buffers, 0, tokenAddress, room);
  } finally {
    returnWorkspace(workspace);
  }
}

function checkSize(size: number): void {
  if (size > 0xffff_ffff) throw new RangeError(`message: too long to describe with its token, ${size} bytes`);
}
