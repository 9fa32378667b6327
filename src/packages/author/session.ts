import type { ContextAttributes } from "../../../generated/attributes.ts";

/** What a caller says of a message. */
export interface MessageOptions {
  /** `QualityOfProtection`; 0 is the package's own. */
  readonly quality: number;
  /** `MessageSequenceNumber`, of datagram contexts. */
  readonly sequence: number;
}

/** What a caller says of a message that is sealed. */
export interface SealOptions extends MessageOptions {
  /**
   * Parts that everybody may read and nobody may change (`SECBUFFER_READONLY_WITH_CHECKSUM`), one after the other: the
   * token protects them too. Empty unless the session is `authenticatesAssociated`.
   */
  readonly associated: Buffer;
}

/** Answers of `QueryContextAttributes`, by name: values as a caller of `query` gets them. */
export type AttributeAnswers<Attributes> = { readonly [A in keyof Attributes]?: () => Attributes[A] };

/**
 * An established context on the user's side: what protects messages. What it leaves out is unsupported. Bytes that
 * are passed in are copies; whatever throws becomes a status.
 */
export interface Session {
  /**
   * `sizes` is what callers allocate by: a package that seals or signs has to answer it; `streamSizes` is that of
   * packages that seal records.
   */
  readonly query?: AttributeAnswers<ContextAttributes>;
  /**
   * Whether what it seals protects `associated` parts too. A message with such parts is refused without, with
   * `SEC_E_UNSUPPORTED_FUNCTION`: they would go unprotected.
   */
  readonly authenticatesAssociated?: boolean;
  /** The signature of a message, at most `cbMaxSignature` bytes. */
  sign?(message: Buffer, options: MessageOptions): Uint8Array;
  /** Whether a signature is the peer's for this message; false is `SEC_E_MESSAGE_ALTERED`. */
  verify?(message: Buffer, signature: Buffer, options: MessageOptions): boolean;
  /** The ciphertext, as long as the message, and a token of at most `cbSecurityTrailer` bytes. */
  seal?(message: Buffer, options: SealOptions): { readonly token: Uint8Array; readonly data: Uint8Array };
  /** The plaintext, no longer than the ciphertext. */
  unseal?(data: Buffer, token: Buffer, options: SealOptions): Uint8Array;
  /** One record of a stream package, for at most `cbMaximumMessage` bytes; the data stays as long as it was. */
  sealRecord?(message: Buffer, options: MessageOptions): SealedRecord;
  /** The record at the front of a stream's bytes. */
  openRecord?(bytes: Buffer, options: MessageOptions): OpenedRecord;
  /** Everything that another process needs to go on; comes back through `openSession`. */
  export?(options: SessionExportOptions): Uint8Array;
  /** The client's token: a handle that stays the package's. */
  token?(): bigint;
  /** The session is over: deleted, or exported with `deleteOld`. */
  close?(): void;
}

/** What a record of a stream is made of; header and trailer have room for what `streamSizes` says. */
export interface SealedRecord {
  /** What stands before the data. */
  readonly header: Uint8Array;
  /** The data, encrypted. */
  readonly data: Uint8Array;
  /** What stands after the data. */
  readonly trailer: Uint8Array;
}

/**
 * What is at the front of a stream's bytes: `length` is how long the record is, `start` where in it the data is. The
 * peer may ask for another exchange, or have closed its side; `missing` is a hint of how many bytes are.
 */
export type OpenedRecord =
  | {
      /** What the record is. */
      readonly status: "incomplete-message";
      /** A hint of how many bytes are missing. */
      readonly missing?: number;
    }
  | {
      readonly status: "data" | "renegotiate" | "closed";
      /** How many bytes the record has. */
      readonly length: number;
      /** Where in the record the data is; its beginning where it is left out. */
      readonly start?: number;
      /** The data, decrypted; none where it is left out. */
      readonly data?: Uint8Array;
    }
  /** A message of the handshake, in plain text: it takes the record's place, and the next leg's token begins with it. */
  | {
      readonly status: "renegotiate";
      readonly length: number;
      /** What takes the record's place. */
      readonly rewritten: Uint8Array;
    };

/** What happens to the session that is exported, and to the one that is opened from it. */
export interface SessionExportOptions {
  /** The new context begins with its initial state: sequence numbers from zero. */
  readonly resetNew: boolean;
  /** This one is over after the export; `close` is called. */
  readonly deleteOld: boolean;
}

/** Where the bytes that a session is opened with come from. */
export interface SessionOrigin {
  /** `handshake`: a leg has completed. `import`: a caller imports what was exported. */
  readonly from: "handshake" | "import";
  /** Of an import that came with one. */
  readonly token: bigint | undefined;
}
