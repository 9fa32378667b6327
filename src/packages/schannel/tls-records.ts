import { PackageError } from "../author/index.ts";

/** Type, version and length of a record, in bytes. */
export const recordHead = 5;
/** The maximum length after a record's head: 16 KiB of data and its protection (RFC 5246, 6.2.3). */
const longestFragment = 0x4000 + 2048;
const handshakeType = 22;

/**
 * The length of the record at the front of `bytes`, with its head; greater than `bytes.length` if the record is
 * incomplete.
 */
export function recordLength(bytes: Buffer): number {
  if (bytes.length < recordHead) return recordHead;
  const fragment = bytes.readUInt16BE(3);
  if (fragment > longestFragment) throw new PackageError("SEC_E_ILLEGAL_MESSAGE", { message: "a record is too long" });
  return recordHead + fragment;
}

/**
 * Handshake messages as a plain-text record of the same length as the original record: Schannel rewrites the caller's
 * bytes in this form.
 */
export function plainRecord(messages: readonly Buffer[], length: number): Buffer {
  const record = Buffer.alloc(length);
  record[0] = handshakeType;
  record.writeUInt16BE(0x0303, 1);
  record.writeUInt16BE(length - recordHead, 3);
  Buffer.concat(messages).copy(record, recordHead);
  return record;
}

/** The offset of the last of several whole records. */
export function lastRecord(records: Buffer): number {
  let at = 0;
  for (;;) {
    const next = at + recordLength(records.subarray(at));
    if (next >= records.length) return at;
    at = next;
  }
}

const keyUpdate = 24;
const updateRequested = 1;

/** Whether a handshake message is a KeyUpdate that requests one in return. */
export function asksForKeys(message: Buffer): boolean {
  return message[0] === keyUpdate && message.at(-1) === updateRequested;
}
