import { SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EXTRA, SECBUFFER_MISSING } from "../../generated/sspi/constants.ts";
import {
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_INTERNAL_ERROR,
  SEC_E_OK,
  SEC_I_RENEGOTIATE,
} from "../../generated/status/constants.ts";
import { addressInPlace, type BufferList, leaseWorkspace, returnWorkspace } from "../memory/index.ts";
import { check, failure, type SspiError, statusFact } from "../status/index.ts";
import { checkBytes } from "../values/index.ts";
import { type Channel, type RecordSizes, recordsOf } from "./channel.ts";
import { recordRead } from "./native-calls.ts";
import { type DecryptOptions, unprotectionOf } from "./options.ts";
import { checkEncrypted } from "./quality.ts";
import { incompleteMessage, type RecordParts, type StreamRead, streamRead } from "./stream-read.ts";

/** How much longer a peer's record may be than our longest one: TLS 1.2 allows 2 KiB more than the data. */
const slack = 2048;

/**
 * The size of a TLS record's head, the shortest of all records. Wine reads this many bytes without checking how many
 * there are.
 */
const shortestHead = 5;

/**
 * Decrypts the first record of `bytes` in a copy; `bytes` is not changed. `extra` is a view of `bytes`, except when the
 * peer renegotiates: then `extra` is the package's output for `step()`, which may differ from the received bytes.
 */
export function decryptStream(channel: Channel, bytes: Uint8Array, options?: DecryptOptions): StreamRead {
  const records = recordsOf(channel, "decryptStream");
  const given = checkBytes(bytes, "bytes");
  const reading = new StreamReading(channel, records, options);
  // Copy only a window: many records may have arrived at once, and copying all of them for each record would be too
  // slow.
  let window = records.header + records.maximum + records.trailer + slack;
  for (; ; window *= 2) {
    const copy = Buffer.from(given.subarray(0, window));
    const read = reading.first(copy, given);
    if (read.status !== "incomplete-message" || copy.length === given.length) return read;
  }
}

/** Decrypts the first record of `bytes` in place: `data` and `extra` are views of `bytes`. */
export function decryptStreamInPlace(channel: Channel, bytes: Uint8Array, options?: DecryptOptions): StreamRead {
  const records = recordsOf(channel, "decryptStreamInPlace");
  const given = checkBytes(bytes, "bytes");
  return new StreamReading(channel, records, options).first(given, given);
}

class StreamReading {
  readonly #channel: Channel;
  readonly #shortest: number;
  readonly #sequence: number;
  readonly #allowUnencrypted: boolean;

  constructor(channel: Channel, { header }: RecordSizes, options: DecryptOptions | undefined) {
    this.#channel = channel;
    this.#shortest = Math.max(1, Math.min(header, shortestHead));
    const { sequence, allowUnencrypted } = unprotectionOf(options);
    this.#sequence = sequence ?? 0;
    this.#allowUnencrypted = allowUnencrypted;
  }

  /** Decrypts the record at the beginning of `bytes` in place; `given` is all bytes of the stream that have arrived. */
  first(bytes: Uint8Array, given: Uint8Array): StreamRead {
    const start = addressInPlace(bytes, "bytes");
    if (bytes.length < this.#shortest) return incompleteMessage(this.#shortest - bytes.length);
    const { provider, handle } = this.#channel;
    const workspace = leaseWorkspace();
    try {
      const { message: buffers, qualityAddress } = workspace;
      buffers.length = 4;
      buffers.set(0, SECBUFFER_DATA, start, bytes.length);
      for (let index = 1; index < 4; index += 1) buffers.set(index, SECBUFFER_EMPTY, 0, 0);
      workspace.clearQuality();
      const status = provider.DecryptMessage(handle, buffers.address, this.#sequence, qualityAddress) >>> 0;
      if (status === SEC_E_INCOMPLETE_MESSAGE) return incompleteMessage(sizeOf(buffers, SECBUFFER_MISSING));
      check("DecryptMessage", status, provider, recordRead);
      checkEncrypted(workspace.quality, this.#allowUnencrypted);
      if (status === SEC_E_OK && isUntouched(buffers, start, bytes.length)) throw misnamed("no part of the record");
      const parts = partsOf(buffers, start, bytes, given, status === SEC_I_RENEGOTIATE);
      return streamRead(statusFact(status).code, parts);
    } finally {
      returnWorkspace(workspace);
    }
  }
}

function sizeOf(buffers: BufferList, type: number): number {
  const index = buffers.find(type);
  return index < 0 ? 0 : buffers.size(index);
}

function partsOf(
  buffers: BufferList,
  start: number,
  bytes: Uint8Array,
  given: Uint8Array,
  rewritten: boolean,
): RecordParts {
  const index = dataAmong(buffers, start, bytes.length);
  const size = index < 0 ? 0 : buffers.size(index);
  const at = size === 0 ? 0 : buffers.pointer(index) - start;
  // The extra bytes end where the input ends; not every package says where they begin.
  const end = bytes.length - sizeOf(buffers, SECBUFFER_EXTRA);
  if (at < 0 || at + size > end) throw misnamed("bytes outside the record");
  const data = view(bytes, at, at + size);
  if (end === given.length) return { data, extra: undefined };
  return { data, extra: rewritten ? restOf(bytes, end, given) : view(given, end, given.length) };
}

/**
 * The bytes that the package left from `end` on, followed by those that were outside its window. Windows decrypts a TLS
 * 1.3 handshake message in place and requires its plaintext as the next input: "pass the contents of SECBUFFER_EXTRA
 * returned from DecryptMessage",
 * https://learn.microsoft.com/windows/win32/secauthn/renegotiating-an-schannel-connection
 */
function restOf(bytes: Uint8Array, end: number, given: Uint8Array): Buffer {
  const left = view(bytes, end, bytes.length);
  return bytes.length === given.length ? left : Buffer.concat([left, given.subarray(bytes.length)]);
}

/**
 * The index of the buffer in which the package reports the plaintext; -1 if it only left the input buffer unchanged.
 */
function dataAmong(buffers: BufferList, start: number, length: number): number {
  return isUntouched(buffers, start, length) ? -1 : buffers.find(SECBUFFER_DATA);
}

function isUntouched(buffers: BufferList, start: number, length: number): boolean {
  return buffers.type(0) === SECBUFFER_DATA && buffers.pointer(0) === start && buffers.size(0) === length;
}

function misnamed(what: string): SspiError {
  return failure({
    operation: "DecryptMessage",
    status: SEC_E_INTERNAL_ERROR,
    cause: new RangeError(`the package named ${what}`),
  });
}

function view({ buffer, byteOffset }: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(buffer, byteOffset + from, to - from);
}
