import type { SecurityProvider } from "../native/index.ts";
import type { TracedContext } from "../tracing/index.ts";
import type { MessageNumbers } from "./message-numbers.ts";

/** What message protection needs of an established context. */
export interface Channel {
  /** Whose messages they are, for whoever traces them. */
  readonly context: TracedContext;
  readonly provider: SecurityProvider;
  /** Address of the `CtxtHandle`, as long as the context is open: to be asked for right before a call. */
  readonly handle: number;
  /** `cbSecurityTrailer`: room for the token of an encrypted message, in bytes. */
  readonly trailer: number;
  /** `cbBlockSize`: room for padding, in bytes. */
  readonly block: number;
  /** `cbMaxSignature`: room for a signature, in bytes. */
  readonly signature: number;
  /** Where messages have to be numbered here; undefined where the package numbers them. */
  readonly numbers: MessageNumbers | undefined;
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
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
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
