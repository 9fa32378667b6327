import {
  SECBUFFER,
  SECBUFFER_DATA,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  type Secbuffer,
} from "../../generated/sspi/constants.ts";
import { checkBytes, checkKey, type OptionNames, readOptions } from "../values/index.ts";

/** What a package may do with a buffer; it may do anything with one of which nothing is said. */
export const bufferAccess = {
  readonly: SECBUFFER_READONLY,
  readonlyWithChecksum: SECBUFFER_READONLY_WITH_CHECKSUM,
} as const;

/** `SECBUFFER_*`, by name. */
export type MessageBufferType = Secbuffer;
/** Whether a part may be changed: `SECBUFFER_READONLY` and `SECBUFFER_READONLY_WITH_CHECKSUM` by name. */
export type BufferAccess = keyof typeof bufferAccess;

/** One of the buffers that make up a message (`SecBuffer`). */
export interface MessageBuffer {
  /** What it is, `SECBUFFER_*`. */
  readonly type: MessageBufferType;
  /**
   * What it holds. Where it is left out, a token, padding, stream header or stream trailer gets room of the size that
   * the context asks for, and a buffer of another type is empty: the package says in it where something is.
   */
  readonly bytes?: Uint8Array;
  /**
   * `"readonly"` (`SECBUFFER_READONLY`): left alone; `"readonlyWithChecksum"` (`SECBUFFER_READONLY_WITH_CHECKSUM`):
   * left alone, and protected against change by the token, as the headers of an RPC are. WinPR and Wine protect none
   * when they encrypt, so they are not asked to: a RangeError says so.
   */
  readonly access?: BufferAccess;
}

/** What a package has made of the buffer in this place of the list. */
export interface MessagePart {
  /** What it is now; a number where the header has no name for it. */
  readonly type: MessageBufferType | number;
  /** A part that stays as it is; with a checksum it is protected all the same. */
  readonly access?: BufferAccess;
  /** What is used of it: a view of the memory of one of the buffers. */
  readonly bytes: Buffer;
  /** Which buffer's memory that is, by its place in the list; its own where nothing is used. */
  readonly within: number;
  /** Where in that memory it begins. */
  readonly offset: number;
}

/** A checked {@link MessageBuffer}. */
export interface CheckedBuffer {
  readonly name: string;
  /** `BufferType`, attributes included. */
  readonly type: number;
  readonly access: BufferAccess | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** As many as a list has room for. */
const most = 32;

/** Reads everything there is to read of the caller's list, once. @throws TypeError or RangeError naming what is wrong. */
export function checkBuffers(buffers: readonly MessageBuffer[]): readonly CheckedBuffer[] {
  if (!Array.isArray(buffers)) throw new TypeError(`buffers: expected an array, got ${typeof buffers}`);
  if (buffers.length === 0 || buffers.length > most)
    throw new RangeError(`buffers: expected 1 to ${most} of them, got ${buffers.length}`);
  return Array.from(buffers, checkBuffer);
}

/**
 * For a signature data is never written to, so what is read-only and signed is data like any other; packages that
 * look at one buffer with data look at all of it then.
 */
export function signedAlike(buffers: readonly CheckedBuffer[]): readonly CheckedBuffer[] {
  const signed = (SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM) >>> 0;
  return buffers.map((buffer) => (buffer.type === signed ? { ...buffer, type: SECBUFFER_DATA } : buffer));
}

const bufferNames: OptionNames<MessageBuffer> = { type: true, bytes: true, access: true };

function checkBuffer(buffer: MessageBuffer, index: number): CheckedBuffer {
  const name = `buffers[${index}]`;
  const { type, bytes, access } = readOptions<MessageBuffer>(buffer, name, bufferNames);
  const attributes = access === undefined ? 0 : bufferAccess[checkKey(access, `${name}.access`, bufferAccess)];
  return {
    name: `${name}.bytes`,
    type: (SECBUFFER[checkKey(type, `${name}.type`, SECBUFFER)] | attributes) >>> 0,
    access,
    bytes: bytes === undefined ? undefined : checkBytes(bytes, `${name}.bytes`),
  };
}
