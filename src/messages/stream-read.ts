import type { StatusCode } from "../status/index.ts";

/**
 * What the first record of a stream's bytes is. `code` is the status that said so; `extra` the bytes after the
 * record, absent where none follow. Feed them again: the package has not read them.
 */
export type StreamRead =
  | {
      /** What the record is, and so what is to be done with it. */
      readonly status: "data";
      /** The status of the call by name. */
      readonly code: StatusCode;
      /** The record's plaintext; it may be empty, and is where the package says that there is none. */
      readonly data: Buffer;
      /** The bytes after the record, which the package has not read. */
      readonly extra?: Buffer;
    }
  | {
      /** The record is not all there: call again with the same bytes and more. */
      readonly status: "incomplete-message";
      readonly code: "SEC_E_INCOMPLETE_MESSAGE";
      /** How many bytes are missing at least, where the package says. */
      readonly missing?: number;
    }
  | {
      /**
       * The peer sent a message of the handshake: it negotiates again or, in TLS 1.3, gives a ticket or new keys. Give
       * `extra` to `step()`, and decrypt what comes after. The package may have decrypted it: do not take the bytes that
       * came instead.
       */
      readonly status: "renegotiate";
      readonly code: "SEC_I_RENEGOTIATE";
      readonly data?: Buffer;
      readonly extra?: Buffer;
    }
  | {
      /** The peer has shut the stream down; no data comes after what came with it. */
      readonly status: "closed";
      readonly code: "SEC_I_CONTEXT_EXPIRED";
      readonly data?: Buffer;
      readonly extra?: Buffer;
    };

/** Where the parts of a record are in its bytes. */
export interface RecordParts {
  readonly data: Buffer | undefined;
  readonly extra: Buffer | undefined;
}

export function streamRead(code: StatusCode, { data, extra }: RecordParts): StreamRead {
  const rest = extra === undefined ? {} : { extra };
  const some = data !== undefined && data.length > 0 && { data };
  if (code === "SEC_I_CONTEXT_EXPIRED") return { status: "closed", code, ...some, ...rest };
  if (code === "SEC_I_RENEGOTIATE") return { status: "renegotiate", code, ...some, ...rest };
  return { status: "data", code, data: data ?? Buffer.alloc(0), ...rest };
}

export function incompleteMessage(missing: number): StreamRead {
  const hint = missing > 0 ? { missing } : {};
  return { status: "incomplete-message", code: "SEC_E_INCOMPLETE_MESSAGE", ...hint };
}
