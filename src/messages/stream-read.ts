import type { StatusCode } from "../status/index.ts";

/**
 * The result of reading the first record of a stream's bytes. `code` is the status of the call; `extra` is the bytes
 * after the record, absent if there are none. Pass them to the next call, because the package has not read them.
 */
export type StreamRead =
  | {
      /** The kind of the record, which decides what to do next. */
      readonly status: "data";
      /** The status of the call by name. */
      readonly code: StatusCode;
      /** The record's plaintext; it is empty where the package reports no data. */
      readonly data: Buffer;
      /** The bytes after the record, which the package has not read. */
      readonly extra?: Buffer;
    }
  | {
      /** The record is incomplete: call again with the same bytes and more. */
      readonly status: "incomplete-message";
      readonly code: "SEC_E_INCOMPLETE_MESSAGE";
      /** The package's lower bound of how many bytes are missing, if it reports one. */
      readonly missing?: number;
    }
  | {
      /**
       * The peer sent a handshake message: it renegotiates or, in TLS 1.3, sends a ticket or new keys. Pass `extra` to
       * `step()`, then decrypt what follows. The package may have decrypted `extra`, so do not pass the received bytes
       * in its place.
       */
      readonly status: "renegotiate";
      readonly code: "SEC_I_RENEGOTIATE";
      readonly data?: Buffer;
      readonly extra?: Buffer;
    }
  | {
      /** The peer has shut the stream down; no data follows after this record. */
      readonly status: "closed";
      readonly code: "SEC_I_CONTEXT_EXPIRED";
      readonly data?: Buffer;
      readonly extra?: Buffer;
    };

/** The parts of a decrypted record. */
export interface RecordParts {
  /** Empty where the package reports no data. */
  readonly data: Buffer;
  readonly extra: Buffer | undefined;
}

export function streamRead(code: StatusCode, { data, extra }: RecordParts): StreamRead {
  const rest = extra === undefined ? {} : { extra };
  const some = data.length > 0 && { data };
  if (code === "SEC_I_CONTEXT_EXPIRED") return { status: "closed", code, ...some, ...rest };
  if (code === "SEC_I_RENEGOTIATE") return { status: "renegotiate", code, ...some, ...rest };
  return { status: "data", code, data, ...rest };
}

export function incompleteMessage(missing: number): StreamRead {
  const hint = missing > 0 ? { missing } : {};
  return { status: "incomplete-message", code: "SEC_E_INCOMPLETE_MESSAGE", ...hint };
}
