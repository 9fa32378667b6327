import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
} from "../../generated/sspi/constants.ts";
import {
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_INVALID_TOKEN,
  SEC_E_MESSAGE_ALTERED,
  SEC_E_OK,
} from "../../generated/status/constants.ts";
import type { MessageCall, Script, ScriptedRecords } from "../scripted/scripted-script.ts";

const mark = "R".charCodeAt(0);

/** How much of its output buffers a package uses. */
export interface Used {
  readonly header: number;
  readonly trailer: number;
}

/**
 * A package of records: a mark, the size of the header, that of the trailer, four bytes that count the data, more
 * header, the data with every byte changed, the trailer. Headers have 7 bytes at least.
 */
export function recordPackage(sizes: ScriptedRecords, used: Used = sizes): Script {
  return { sizes: false, streamSizes: sizes, encrypt: sealing(used), decrypt: opening };
}

function sealing({ header, trailer }: Used): (call: MessageCall) => number {
  return ({ buffers }) => {
    const types = [SECBUFFER_STREAM_HEADER, SECBUFFER_DATA, SECBUFFER_STREAM_TRAILER, SECBUFFER_EMPTY];
    if (buffers.types.join() !== types.join()) return SEC_E_INVALID_TOKEN;
    const data = buffers.all[1]?.bytes as Buffer;
    const head = Buffer.alloc(header, "H");
    head.set([mark, header, trailer]);
    head.writeUInt32BE(data.length, 3);
    buffers.fill(0, head);
    buffers.fill(1, Buffer.from(data.map((byte) => byte ^ 0xff)));
    buffers.fill(2, Buffer.alloc(trailer, "T"));
    return SEC_E_OK;
  };
}

/** Decrypts a record in place, and reports where its parts are, as Windows' packages do. */
export function opening({ buffers }: MessageCall): number {
  const { address, bytes } = buffers.all[0] as { address: bigint; bytes: Buffer };
  const length = bytes.length < 7 ? 7 : (bytes[1] as number) + (bytes[2] as number) + bytes.readUInt32BE(3);
  if (bytes.length > 0 && bytes[0] !== mark) return SEC_E_INVALID_TOKEN;
  if (bytes.length < length) {
    buffers.change(0, { type: SECBUFFER_MISSING, size: length - bytes.length });
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  const [, header, trailer] = bytes as unknown as [number, number, number];
  const [head, tail] = [bytes.subarray(7, header), bytes.subarray(length - trailer, length)];
  if (!head.equals(Buffer.alloc(head.length, "H")) || !tail.equals(Buffer.alloc(trailer, "T")))
    return SEC_E_MESSAGE_ALTERED;
  const data = Buffer.from(bytes.subarray(header, length - trailer).map((byte) => byte ^ 0xff));
  buffers.change(0, { type: SECBUFFER_STREAM_HEADER, size: header });
  buffers.change(1, { type: SECBUFFER_DATA, address: address + BigInt(header), size: data.length });
  buffers.fill(1, data);
  buffers.change(2, {
    type: SECBUFFER_STREAM_TRAILER,
    address: address + BigInt(length - trailer),
    size: trailer,
  });
  const extra = bytes.length - length;
  if (extra > 0) buffers.change(3, { type: SECBUFFER_EXTRA, address: address + BigInt(length), size: extra });
  return SEC_E_OK;
}
