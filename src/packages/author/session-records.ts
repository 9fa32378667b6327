import {
  SECBUFFER_DATA,
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECBUFFER_STREAM,
  SECBUFFER_STREAM_HEADER,
  SECBUFFER_STREAM_TRAILER,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import {
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_OK,
  SEC_I_CONTEXT_EXPIRED,
  SEC_I_RENEGOTIATE,
} from "../../../generated/status/constants.ts";
import { findBuffer, type SecurityBuffer } from "../../interface/security-buffers.ts";
import { writeBytes } from "../../native/index.ts";
import { checkBytes, checkKey, checkUint } from "../../values/index.ts";
import { present } from "./answers.ts";
import { PackageError } from "./package-error.ts";
import type { MessageOptions, OpenedRecord, Session } from "./session.ts";

const openedStatus = {
  data: SEC_E_OK,
  "incomplete-message": SEC_E_INCOMPLETE_MESSAGE,
  renegotiate: SEC_I_RENEGOTIATE,
  closed: SEC_I_CONTEXT_EXPIRED,
} as const;

/** Whether a caller of SealMessage requests a record of a stream. */
export function wantsRecord(buffers: readonly SecurityBuffer[]): boolean {
  return findBuffer(buffers, SECBUFFER_STREAM_HEADER) !== undefined;
}

/**
 * Whether a caller of UnsealMessage passes bytes of a stream: a DATA buffer without TOKEN or STREAM, which would
 * delimit the parts.
 */
export function hasRecords(buffers: readonly SecurityBuffer[]): boolean {
  const told = [SECBUFFER_TOKEN, SECBUFFER_STREAM].some((type) => findBuffer(buffers, type));
  return !told && buffers[0]?.type === SECBUFFER_DATA && findBuffer(buffers, SECBUFFER_EMPTY) !== undefined;
}

/** Writes a record into the header, data and trailer buffers that the caller provides. */
export function sealRecord(session: Session, buffers: readonly SecurityBuffer[], options: MessageOptions): void {
  const [header, data, trailer] = [SECBUFFER_STREAM_HEADER, SECBUFFER_DATA, SECBUFFER_STREAM_TRAILER].map((type) =>
    findBuffer(buffers, type),
  );
  if (!session.sealRecord) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  if (!header || !data || !trailer) throw new PackageError("SEC_E_INVALID_TOKEN", { message: "no record's buffers" });
  const record = present(session.sealRecord(data.read(), options), "sealRecord");
  const [body, head, tail] = [
    checkBytes(record.data, "sealRecord: data"),
    checkBytes(record.header, "sealRecord: header"),
    checkBytes(record.trailer, "sealRecord: trailer"),
  ];
  if (body.length !== data.size)
    throw new RangeError(`sealRecord: expected ${data.size} bytes of data, got ${body.length}`);
  if (head.length > header.size || tail.length > trailer.size) throw new PackageError("SEC_E_BUFFER_TOO_SMALL");
  header.fill(head);
  data.fill(body);
  trailer.fill(tail);
}

/** The buffers that {@link hasRecords} accepts: the first one holds the bytes of the stream, the others are spare. */
type RecordBuffers = readonly [SecurityBuffer, ...(SecurityBuffer | undefined)[]];

/** Opens the record at the front of the caller's bytes, and writes into the buffers where each part is. */
export function openRecord(session: Session, buffers: readonly SecurityBuffer[], options: MessageOptions): number {
  const parts = buffers as RecordBuffers;
  const [bytes] = parts;
  if (!session.openRecord) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  const record = present(session.openRecord(bytes.read(), options), "openRecord");
  checkKey(record.status, "openRecord", openedStatus);
  if (record.status === "incomplete-message") {
    if (record.missing) bytes.change({ type: SECBUFFER_MISSING, size: record.missing });
  } else if ("rewritten" in record) rewrite(parts, record);
  else describe(parts, record);
  return openedStatus[record.status];
}

/**
 * Writes the handshake message over its record; EXTRA covers it and all bytes after it, as in Schannel with TLS 1.3.
 */
function rewrite(
  [whole, , , extra]: RecordBuffers,
  record: Extract<OpenedRecord, { readonly rewritten: Uint8Array }>,
): void {
  const { size, pointer } = whole;
  const length = checkUint(record.length, "openRecord: length", size);
  const rewritten = checkBytes(record.rewritten, "openRecord: rewritten");
  if (rewritten.length !== length)
    throw new RangeError(`openRecord: expected ${length} bytes in the record's place, got ${rewritten.length}`);
  writeBytes(pointer, rewritten);
  whole.change({ type: SECBUFFER_STREAM_HEADER, size: 0 });
  extra?.change({ type: SECBUFFER_EXTRA, pointer, size });
}

/** Sets HEADER, DATA, TRAILER and, if bytes are left over, EXTRA, as Schannel does. */
function describe(
  [whole, data, trailer, extra]: RecordBuffers,
  record: Exclude<OpenedRecord, { status: "incomplete-message" } | { rewritten: Uint8Array }>,
): void {
  const { size, pointer } = whole;
  const length = checkUint(record.length, "openRecord: length", size);
  const plain = record.data ? checkBytes(record.data, "openRecord: data") : new Uint8Array();
  const start = checkUint(record.start ?? 0, "openRecord: start", length - plain.length);
  const end = start + plain.length;
  whole.change({ type: SECBUFFER_STREAM_HEADER, size: start });
  data?.as({ type: SECBUFFER_DATA, pointer: pointer + BigInt(start), size: plain.length }).fill(plain);
  trailer?.change({ type: SECBUFFER_STREAM_TRAILER, pointer: pointer + BigInt(end), size: length - end });
  if (length < size) extra?.change({ type: SECBUFFER_EXTRA, pointer: pointer + BigInt(length), size: size - length });
}
