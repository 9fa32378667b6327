import type { ContextAttributes } from "../../../generated/attributes.ts";

/** The caller's parameters for a message. */
export interface MessageOptions {
  /** `QualityOfProtection`; 0 is the package's default. */
  readonly quality: number;
  /** `MessageSequenceNumber`, used by datagram contexts. */
  readonly sequence: number;
}

/** The caller's parameters for a message that is sealed. */
export interface SealOptions extends MessageOptions {
  /**
   * Parts that everybody may read and nobody may change (`SECBUFFER_READONLY_WITH_CHECKSUM`), concatenated: the token
   * protects them too. Empty unless the session is `authenticatesAssociated`.
   */
  readonly associated: Buffer;
}

/**
 * Functions that return attributes of `QueryContextAttributes`, by name; the values are those that a caller of `query`
 * gets.
 */
export type AttributeAnswers<Attributes> = { readonly [A in keyof Attributes]?: () => Attributes[A] };

/**
 * An established context in user mode, which protects messages. Omitted functions are unsupported. Byte arguments are
 * copies; a thrown error becomes a status.
 */
export interface Session {
  /**
   * Callers allocate buffers by `sizes`: a package that seals or signs must provide it. A package that seals records
   * must provide `streamSizes`.
   */
  readonly query?: AttributeAnswers<ContextAttributes>;
  /**
   * Whether sealing also protects `associated` parts. If it does not, a message with such parts is refused with
   * `SEC_E_UNSUPPORTED_FUNCTION`, because they would be unprotected.
   */
  readonly authenticatesAssociated?: boolean;
  /** Returns the signature of a message, at most `cbMaxSignature` bytes. */
  sign?(message: Buffer, options: MessageOptions): Uint8Array;
  /** Whether the signature is the peer's for this message; false becomes `SEC_E_MESSAGE_ALTERED`. */
  verify?(message: Buffer, signature: Buffer, options: MessageOptions): boolean;
  /** Returns the ciphertext, as long as the message, and a token of at most `cbSecurityTrailer` bytes. */
  seal?(message: Buffer, options: SealOptions): { readonly token: Uint8Array; readonly data: Uint8Array };
  /** Returns the plaintext, no longer than the ciphertext. */
  unseal?(data: Buffer, token: Buffer, options: SealOptions): Uint8Array;
  /**
   * Makes one record of a stream package from at most `cbMaximumMessage` bytes; the length of the data must not change.
   */
  sealRecord?(message: Buffer, options: MessageOptions): SealedRecord;
  /** Opens the record at the front of a stream's bytes. */
  openRecord?(bytes: Buffer, options: MessageOptions): OpenedRecord;
  /** Returns all state that another process needs to continue the session; `openSession` receives it there. */
  export?(options: SessionExportOptions): Uint8Array;
  /** Returns the client's token: a handle that the package keeps and closes. */
  token?(): bigint;
  /** Called when the session ends: it is deleted, or exported with `deleteOld`. */
  close?(): void;
}

/** The parts of a stream record; header and trailer are at most as long as `streamSizes` says. */
export interface SealedRecord {
  /** The bytes before the data. */
  readonly header: Uint8Array;
  /** The encrypted data. */
  readonly data: Uint8Array;
  /** The bytes after the data. */
  readonly trailer: Uint8Array;
}

/**
 * The record at the front of a stream's bytes: `length` is the length of the record, `start` the offset of the data in
 * it. The peer may ask for another exchange, or have closed its side; `missing` is a hint of how many bytes are
 * missing.
 */
export type OpenedRecord =
  | {
      /** The record is not complete yet. */
      readonly status: "incomplete-message";
      /** A hint of how many bytes are missing. */
      readonly missing?: number;
    }
  | {
      readonly status: "data" | "renegotiate" | "closed";
      /** The length of the record in bytes. */
      readonly length: number;
      /** The offset of the data in the record; 0 by default. */
      readonly start?: number;
      /** The decrypted data; none by default. */
      readonly data?: Uint8Array;
    }
  /** A handshake message in plain text: it replaces the record, and the next leg's token begins with it. */
  | {
      readonly status: "renegotiate";
      readonly length: number;
      /** The bytes that replace the record. */
      readonly rewritten: Uint8Array;
    };

/** Options of an export: for the exported session, and for the one that is opened from it. */
export interface SessionExportOptions {
  /** The new context begins with the initial state: sequence numbers from zero. */
  readonly resetNew: boolean;
  /** The exported session ends with the export; `close` is called. */
  readonly deleteOld: boolean;
}

/** The source of the bytes that a session is opened from. */
export interface SessionOrigin {
  /** `handshake`: a leg has completed. `import`: a caller imports an exported session. */
  readonly from: "handshake" | "import";
  /** The token that came with an import, if any. */
  readonly token: bigint | undefined;
}
