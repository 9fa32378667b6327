import {
  SECBUFFER_DATA,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
} from "../../generated/sspi/constants.ts";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_OK, SEC_I_RENEGOTIATE } from "../../generated/status/constants.ts";
import type { MessageCall, Script } from "./scripted-script.ts";

const head = 5;
const tag = 4;
const [handshake, applicationData] = [22, 23];

/** Stands for encryption; a second call restores the bytes. */
const changed = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));

function record(outer: number, body: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.of(outer, 3, 3, 0, 0), body]);
  bytes.writeUInt16BE(body.length, 3);
  return bytes;
}

/** A record of TLS 1.3 as it is sent: its outer type is application data, its true type stands before the tag. */
export function sealedRecord(type: "handshake" | "data", content: Uint8Array): Buffer {
  const inner = type === "handshake" ? handshake : applicationData;
  return record(applicationData, Buffer.concat([changed(content), Buffer.of(inner ^ 0xff), Buffer.alloc(tag, "T")]));
}

/** The record of a handshake message as Windows rewrites it in place: the true type, the plaintext, the same length. */
export function openedRecord(content: Uint8Array): Buffer {
  return record(handshake, Buffer.concat([content, Buffer.of(handshake), Buffer.alloc(tag, "T")]));
}

/**
 * Schannel's DecryptMessage for TLS 1.3 on Windows. For a NewSessionTicket or a KeyUpdate it returns SEC_I_RENEGOTIATE,
 * rewrites the record in place and returns it as SECBUFFER_EXTRA: `17 03 03 00 62 14 2F …` becomes
 * `16 03 03 00 62 04 00 00 4D …` (https://stackoverflow.com/questions/78833887).
 * Assumed: SECBUFFER_EXTRA also contains the bytes after the record, unchanged.
 */
export function windowsTls13(sizes = { header: head, trailer: 17, maximum: 100 }): Script {
  return { sizes: false, streamSizes: sizes, decrypt };
}

function decrypt({ buffers }: MessageCall): number {
  const { address, bytes } = buffers.all[0] as { address: bigint; bytes: Buffer };
  const length = bytes.length < head ? head : head + bytes.readUInt16BE(3);
  if (bytes.length < length) {
    buffers.change(1, { type: SECBUFFER_MISSING, size: length - bytes.length });
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  const inner = (bytes[length - tag - 1] as number) ^ 0xff;
  const content = changed(bytes.subarray(head, length - tag - 1));
  const extra = bytes.length - length;
  if (inner === handshake) {
    buffers.fill(0, Buffer.concat([openedRecord(content), bytes.subarray(length)]));
    buffers.change(3, { type: SECBUFFER_EXTRA, address, size: bytes.length });
    return SEC_I_RENEGOTIATE;
  }
  buffers.change(0, { type: SECBUFFER_STREAM_HEADER, size: head });
  buffers.change(1, { type: SECBUFFER_DATA, address: address + BigInt(head), size: content.length });
  buffers.fill(1, content);
  const end = address + BigInt(length);
  buffers.change(2, { type: SECBUFFER_STREAM_TRAILER, address: end - BigInt(tag + 1), size: tag + 1 });
  if (extra > 0) buffers.change(3, { type: SECBUFFER_EXTRA, address: end, size: extra });
  return SEC_E_OK;
}
