import { PackageError } from "../author/index.ts";

/** Type, version and length of a record, in bytes. */
export const recordHead = 5;
/** The most that may follow a record's head: 16 KiB of data and what protects it (RFC 5246, 6.2.3). */
const longestFragment = 0x4000 + 2048;
const handshakeType = 22;

/** How long the record at the front of `bytes` is with its head; more than there is where some of it is missing. */
export function recordLength(bytes: Buffer): number {
  if (bytes.length < recordHead) return recordHead;
  const fragment = bytes.readUInt16BE(3);
  if (fragment > longestFragment) throw new PackageError("SEC_E_ILLEGAL_MESSAGE", { message: "a record is too long" });
  return recordHead + fragment;
}

/**
 * Handshake messages as a record in plain text, as long as the record in which they came: Schannel rewrites the
 * caller's bytes so.
 */
export function plainRecord(messages: readonly Buffer[], length: number): Buffer {
  const record = Buffer.alloc(length);
  record[0] = handshakeType;
  record.writeUInt16BE(0x0303, 1);
  record.writeUInt16BE(length - recordHead, 3);
  Buffer.concat(messages).copy(record, recordHead);
  return record;
}

/** Where the last of several whole records begins. */
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

/** Whether a handshake message is a KeyUpdate that asks for one in answer. */
export function asksForKeys(message: Buffer): boolean {
  return message[0] === keyUpdate && message.at(-1) === updateRequested;
}
