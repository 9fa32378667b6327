import {
  SECBUFFER,
  SECBUFFER_DATA,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  type Secbuffer,
} from "../../generated/sspi/constants.ts";
import { checkArray, checkBytes, checkKey, type OptionNames, readOptions } from "../values/index.ts";

/** The access attributes of buffers; without one, a package may read and write a buffer. */
export const bufferAccess = {
  readonly: SECBUFFER_READONLY,
  readonlyWithChecksum: SECBUFFER_READONLY_WITH_CHECKSUM,
} as const;

/** `SECBUFFER_*`, by name. */
export type MessageBufferType = Secbuffer;
/** How a package may use a buffer: `SECBUFFER_READONLY` and `SECBUFFER_READONLY_WITH_CHECKSUM` by name. */
export type BufferAccess = keyof typeof bufferAccess;

/** One of the buffers that make up a message (`SecBuffer`). */
export interface MessageBuffer {
  /** The type of the buffer, `SECBUFFER_*`. */
  readonly type: MessageBufferType;
  /**
   * The content of the buffer. By default a token, padding, stream header or stream trailer gets room of the size that
   * the context requires, and a buffer of another type is empty: the package writes into it where something is.
   */
  readonly bytes?: Uint8Array;
  /**
   * `"readonly"` (`SECBUFFER_READONLY`): not changed; `"readonlyWithChecksum"` (`SECBUFFER_READONLY_WITH_CHECKSUM`):
   * not changed, but signed by the token, like the headers of an RPC. WinPR and Wine sign no such buffer when they
   * encrypt, so a RangeError refuses it there.
   */
  readonly access?: BufferAccess;
}

/** What a package has made of the buffer with the same index. */
export interface MessagePart {
  /** The type of the buffer after the call; a number where the header has no name for it. */
  readonly type: MessageBufferType | number;
  /** Present for a part that was not changed; with a checksum the token still signs it. */
  readonly access?: BufferAccess;
  /** The used bytes: a view of the memory of one of the buffers. */
  readonly bytes: Buffer;
  /** The index of the buffer whose memory `bytes` is in; the part's own index if nothing is used. */
  readonly within: number;
  /** The offset of `bytes` in that memory. */
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

/** The capacity of a buffer list. */
const most = 32;

/**
 * Checks and copies the caller's list, reading each property once.
 *
 * @throws TypeError or RangeError naming what is wrong.
 */
export function checkBuffers(buffers: readonly MessageBuffer[]): readonly CheckedBuffer[] {
  const list = checkArray<MessageBuffer>(buffers, "buffers");
  if (list.length === 0 || list.length > most)
    throw new RangeError(`buffers: expected 1 to ${most} of them, got ${list.length}`);
  return list.map(checkBuffer);
}

/**
 * Turns read-only signed buffers into plain data: a signature never writes to data, and merging then makes packages
 * that sign only one data buffer sign all of it.
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
