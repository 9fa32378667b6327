import { checkUint } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";

/** What message protection needs of an established context. */
export interface Channel {
  readonly provider: SecurityProvider;
  /** Address of the `CtxtHandle`. */
  readonly handle: number;
  /** `cbSecurityTrailer`: room for the token of an encrypted message, in bytes. */
  readonly trailer: number;
  /** `cbBlockSize`: room for padding, in bytes. */
  readonly block: number;
  /** `cbMaxSignature`: room for a signature, in bytes. */
  readonly signature: number;
  /** How its records are built, where the context is a stream; undefined for one that protects messages. */
  readonly records: RecordSizes | undefined;
}

/** `SecPkgContext_StreamSizes`, in bytes. */
export interface RecordSizes {
  /** `cbHeader` */
  readonly header: number;
  /** `cbTrailer` */
  readonly trailer: number;
  /** `cbMaximumMessage`: the most data that one record holds. */
  readonly maximum: number;
  /** Whether each record is a datagram of its own, so that a message is never split. */
  readonly datagrams: boolean;
}

/** A context protects messages or it is a stream of records, and what was called is for the other kind. */
export class MessageStyleError extends Error {
  readonly code = "SSPI_MESSAGE_STYLE";

  constructor(message: string) {
    super(message);
    this.name = "MessageStyleError";
  }
}

/** The record sizes of a stream. @throws MessageStyleError */
export function recordsOf({ records }: Channel, method: string): RecordSizes {
  if (records) return records;
  throw new MessageStyleError(`${method}: the context protects messages and is no stream; use decrypt()`);
}

/** @throws MessageStyleError for a stream, whose records have a header and a trailer and no token. */
export function refuseStream({ records }: Channel, method: string, instead: string): void {
  if (records) throw new MessageStyleError(`${method}: the context is a stream of records; use ${instead}()`);
}

export interface ProtectOptions {
  /** `fQOP`: quality of protection, a number of the package's; 0 is the package's own. */
  readonly quality?: number;
  /** `MessageSeqNo`, for datagram contexts; other packages number messages themselves. */
  readonly sequence?: number;
}

export interface UnprotectOptions {
  /** `MessageSeqNo` */
  readonly sequence?: number;
}

export interface DecryptOptions extends UnprotectOptions {
  /** Accept a message that the peer only signed (`SECQOP_WRAP_NO_ENCRYPT`). */
  readonly allowUnencrypted?: boolean;
}

/** Options are read before any address is taken: a getter among them may do anything to the buffers. */
export function qualityOf(options: ProtectOptions | undefined): number {
  return options?.quality === undefined ? 0 : checkUint(options.quality, "quality");
}

export function sequenceOf(options: UnprotectOptions | undefined): number {
  return options?.sequence === undefined ? 0 : checkUint(options.sequence, "sequence");
}
