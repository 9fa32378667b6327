import { constants } from "node:buffer";
import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
} from "../../generated/sspi/constants.ts";
import { addressInPlace, leaseWorkspace, returnWorkspace, type Workspace } from "../memory/index.ts";
import { checkBytes } from "../values/index.ts";
import type { Channel, RecordSizes } from "./channel.ts";
import { callEncrypt } from "./native-calls.ts";
import { type ProtectOptions, protectionOf } from "./options.ts";
import { returnedSize } from "./returned-size.ts";

const operation = "EncryptMessage";

interface Protection {
  readonly channel: Channel;
  readonly records: RecordSizes;
  readonly quality: number;
  readonly sequence: number;
}

/**
 * Encrypts a message into a new buffer of whole records, each `header ‖ data ‖ trailer` with at most `cbMaximumMessage`
 * bytes of the message; an empty message becomes one record without data.
 */
export function encryptRecords(
  channel: Channel,
  records: RecordSizes,
  message: Uint8Array,
  options?: ProtectOptions,
): Buffer<ArrayBuffer> {
  const { quality, sequence } = protectionOf(options);
  const protection = { channel, records, quality, sequence: sequence ?? 0 };
  const plain = checkBytes(message, "message");
  // Read the length only once, because shared memory may grow at any time.
  const { length } = plain;
  const sealed = Buffer.allocUnsafe(roomFor(records, length));
  const start = addressInPlace(sealed, "message");
  const workspace = leaseWorkspace();
  try {
    let end = 0;
    let from = 0;
    do {
      const part = plain.subarray(from, Math.min(length, from + records.maximum));
      end += seal(protection, workspace, sealed, start, end, part);
      from += records.maximum;
    } while (from < length);
    return sealed.subarray(0, end);
  } finally {
    returnWorkspace(workspace);
  }
}

function roomFor({ header, trailer, maximum, datagrams }: RecordSizes, length: number): number {
  if (datagrams && length > maximum)
    throw new RangeError(`message: expected at most ${maximum} bytes, as many as one datagram holds, got ${length}`);
  const count = Math.max(1, Math.ceil(length / maximum));
  const room = length + count * (header + trailer);
  if (room > constants.MAX_LENGTH) throw new RangeError(`message: too long for one buffer of records, ${length} bytes`);
  return room;
}

/** Writes one record at `at`, closes the gaps of unused room between its parts, and returns its length. */
function seal(
  { channel, records: { header, trailer }, quality, sequence }: Protection,
  workspace: Workspace,
  sealed: Buffer<ArrayBuffer>,
  start: number,
  at: number,
  part: Uint8Array,
): number {
  const { message: buffers } = workspace;
  const dataAt = at + header;
  const trailerAt = dataAt + part.length;
  // Zeroed, because bytes that a package does not write are sent too, and must not be old memory.
  sealed.fill(0, at, dataAt);
  sealed.set(part, dataAt);
  sealed.fill(0, trailerAt, trailerAt + trailer);
  buffers.length = 4;
  buffers.set(0, SECBUFFER_STREAM_HEADER, start + at, header);
  buffers.set(1, SECBUFFER_DATA, start + dataAt, part.length);
  buffers.set(2, SECBUFFER_STREAM_TRAILER, start + trailerAt, trailer);
  buffers.set(3, SECBUFFER_EMPTY, 0, 0);
  callEncrypt(channel, workspace, quality, sequence);
  const head = returnedSize(operation, buffers, 0, start + at, header);
  const data = returnedSize(operation, buffers, 1, start + dataAt, part.length);
  const tail = returnedSize(operation, buffers, 2, start + trailerAt, trailer);
  if (head < header) sealed.copyWithin(at + head, dataAt, dataAt + data);
  if (head + data < header + part.length) sealed.copyWithin(at + head + data, trailerAt, trailerAt + tail);
  return head + data + tail;
}
