import type { SecurityProvider } from "../native/index.ts";
import type { TracedContext } from "../tracing/index.ts";
import type { MessageNumbers } from "./message-numbers.ts";

/** What message protection needs of an established context. */
export interface Channel {
  /** The context to which traces attribute the messages. */
  readonly context: TracedContext;
  readonly provider: SecurityProvider;
  /** Address of the `CtxtHandle` while the context is open; read it immediately before each call. */
  readonly handle: number;
  /** `cbSecurityTrailer`: room for the token of an encrypted message, in bytes. */
  readonly trailer: number;
  /** `cbBlockSize`: room for padding, in bytes. */
  readonly block: number;
  /** `cbMaxSignature`: room for a signature, in bytes. */
  readonly signature: number;
  /** The message counters of this library; undefined where the package counts messages itself. */
  readonly numbers: MessageNumbers | undefined;
  /** The record sizes of a stream context; undefined for a context that protects messages. */
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

/** The called method does not fit the context: a context either protects messages or is a stream of records. */
export class MessageStyleError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
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

/** The error for a method that a stream does not have, because its records have a header and a trailer, and no token. */
export function notForStreams(method: string, instead: string): MessageStyleError {
  return new MessageStyleError(`${method}: the context is a stream of records; use ${instead}()`);
}
