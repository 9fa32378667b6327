import { type OwnedHandle, ownedHandle } from "../ctypes/index.ts";
import {
  type Channel,
  type DecryptedMessage,
  type DecryptOptions,
  decrypt,
  decryptBuffers,
  decryptInPlace,
  decryptStream,
  decryptStreamInPlace,
  encrypt,
  encryptBuffers,
  encryptInPlace,
  type MessageBuffer,
  type MessagePart,
  type ProtectOptions,
  type StreamRead,
  sign,
  signBuffers,
  type UnprotectOptions,
  type VerifiedMessage,
  verify,
  verifyBuffers,
} from "../messages/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { checkMadeHere, type FlagGroup, type madeHere } from "../values/index.ts";
import type { ContextLife } from "./context-life.ts";
import { grantedStyle, openChannel } from "./message-channel.ts";
import type { Purpose } from "./purpose.ts";

/** Said to whoever calls the constructor of an abstract class of contexts. */
export const contextsMadeBy = "SecurityContext: use a ClientContext, a ServerContext or importContext()";

/** The flags that a context may have, by name. */
export interface ContextFlags<Flag extends string, Unreported extends string> {
  readonly granted: FlagGroup<Flag>;
  /** Those beyond 32 bits, of which no function says whether the context has them. */
  readonly wideGranted: Readonly<Record<Unreported, bigint>>;
}

/** The protection of messages with what a complete context has agreed on. */
export abstract class MessageContext<Flag extends string, Unreported extends string> {
  /** The package's name. */
  readonly package: string;
  readonly provider: SecurityProvider;
  readonly #life: ContextLife;
  readonly #possible: ContextFlags<Flag, Unreported>;
  #channel: Channel | undefined;

  protected constructor(key: typeof madeHere, life: ContextLife, possible: ContextFlags<Flag, Unreported>) {
    checkMadeHere(key, contextsMadeBy);
    this.package = life.package;
    this.provider = life.provider;
    this.#life = life;
    this.#possible = possible;
  }

  /** For functions of `sspi-ffi/raw`, which take the context itself in place of a `CtxtHandle`. */
  get [ownedHandle](): OwnedHandle<"context"> {
    const { provider, slot } = this.#life.context();
    return { kind: "context", address: slot.address, provider };
  }

  protected get life(): ContextLife {
    return this.#life;
  }

  protected get possibleFlags(): ContextFlags<Flag, Unreported> {
    return this.#possible;
  }

  /**
   * The message encrypted, in a new buffer: `token ‖ data ‖ padding`, or from a stream context (Schannel, CredSSP)
   * whole records of `header ‖ data ‖ trailer`, as many as the message needs; an empty message is one record.
   *
   * @throws SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encrypt(message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
    return encrypt(this.#protection("encrypt"), message, options);
  }

  /**
   * The plaintext of what the peer's {@link encrypt} made, in a new buffer. For a stream see {@link decryptStream};
   * of what quality a message was says {@link decryptBuffers}.
   *
   * @throws SspiError `SEC_E_MESSAGE_ALTERED`, `SEC_E_OUT_OF_SEQUENCE` …
   * @throws NotEncryptedError when the peer only signed the message.
   * @throws MessageStyleError from a stream context.
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decrypt(message: Uint8Array, options?: DecryptOptions): Buffer<ArrayBuffer> {
    return decrypt(this.#protection("decrypt"), message, options);
  }

  /**
   * What the first record of a stream's bytes says: data, that there is less than a record, or what the peer wants.
   * `bytes` is not touched; `extra`, which is what comes after the record, is a view of it.
   *
   * @throws SspiError `SEC_E_DECRYPT_FAILURE`, `SEC_E_MESSAGE_ALTERED` …: the stream is of no more use.
   * @throws MessageStyleError from a context that is no stream.
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptStream(bytes: Uint8Array, options?: DecryptOptions): StreamRead {
    return decryptStream(this.#protection("decrypt"), bytes, options);
  }

  /**
   * {@link decryptStream} without a copy: the record is decrypted where it is, `data` and `extra` are views of
   * `bytes`. Bytes of a record that is not all there stay as they are.
   *
   * @throws SspiError, NotEncryptedError, MessageStyleError
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptStreamInPlace(bytes: Uint8Array, options?: DecryptOptions): StreamRead {
    return decryptStreamInPlace(this.#protection("decrypt"), bytes, options);
  }

  /**
   * Encrypts `data` where it is, and writes the token, which the peer needs too, to `token`: at least
   * {@link ContextAttributes.sizes}`.cbSecurityTrailer` bytes. Returns how many bytes of `token` were used.
   *
   * @throws SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encryptInPlace(token: Uint8Array, data: Uint8Array, options?: ProtectOptions): number {
    return encryptInPlace(this.#protection("encrypt"), token, data, options);
  }

  /**
   * Decrypts `data` where it is, with the token that came with it. Returns how many of its bytes are plaintext.
   *
   * @throws SspiError, NotEncryptedError
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptInPlace(token: Uint8Array, data: Uint8Array, options?: DecryptOptions): number {
    return decryptInPlace(this.#protection("decrypt"), token, data, options);
  }

  /**
   * The signature of a message, in a new buffer of at most `cbMaxSignature` bytes.
   *
   * @throws SspiError
   * @see MakeSignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-makesignature
   */
  sign(message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
    return sign(this.#protection("sign"), message, options);
  }

  /**
   * Returns when `signature` is the peer's for this message, and throws when it is not.
   *
   * @throws SspiError `SEC_E_MESSAGE_ALTERED`, `SEC_E_OUT_OF_SEQUENCE` …
   * @see VerifySignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-verifysignature
   */
  verify(message: Uint8Array, signature: Uint8Array, options?: UnprotectOptions): void {
    verify(this.#protection("verify"), message, signature, options);
  }

  /**
   * A message of several buffers encrypted, in a copy of them: what is to be read-only stays readable. DCE style is
   * `[{ type: "data", bytes: header, access: "readonlyWithChecksum" }, { type: "data", bytes: body }, { type: "token" }]`.
   * Answers what each of them has become, in their order; together, as they are or as the protocol wants them, they
   * are what the peer needs.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encryptBuffers(buffers: readonly MessageBuffer[], options?: ProtectOptions): readonly MessagePart[] {
    return encryptBuffers(this.#protection("encrypt"), buffers, options, true);
  }

  /**
   * {@link encryptBuffers} without a copy: buffers are encrypted where they are, and the parts are views of them.
   *
   * @throws TypeError, RangeError, SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encryptBuffersInPlace(buffers: readonly MessageBuffer[], options?: ProtectOptions): readonly MessagePart[] {
    return encryptBuffers(this.#protection("encrypt"), buffers, options, false);
  }

  /**
   * A message of several buffers decrypted, in a copy of them, and of what quality it was.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError `SEC_E_MESSAGE_ALTERED` …, `SEC_E_INCOMPLETE_MESSAGE` where bytes are missing.
   * @throws NotEncryptedError when the peer only signed the message, unless that is allowed.
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptBuffers(buffers: readonly MessageBuffer[], options?: DecryptOptions): DecryptedMessage {
    return decryptBuffers(this.#protection("decrypt"), buffers, options, true);
  }

  /**
   * {@link decryptBuffers} without a copy: buffers are decrypted where they are, and the parts are views of them.
   *
   * @throws TypeError, RangeError, SspiError, NotEncryptedError
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptBuffersInPlace(buffers: readonly MessageBuffer[], options?: DecryptOptions): DecryptedMessage {
    return decryptBuffers(this.#protection("decrypt"), buffers, options, false);
  }

  /**
   * A message of several buffers signed; `{ type: "token" }` among them is where the signature goes. The caller's
   * bytes are not touched; the answer says what each buffer has become, in their order.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError
   * @see MakeSignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-makesignature
   */
  signBuffers(buffers: readonly MessageBuffer[], options?: ProtectOptions): readonly MessagePart[] {
    return signBuffers(this.#protection("sign"), buffers, options);
  }

  /**
   * Returns when the token among the buffers is the peer's signature for the others, and throws when it is not.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError `SEC_E_MESSAGE_ALTERED`, `SEC_E_OUT_OF_SEQUENCE` …
   * @see VerifySignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-verifysignature
   */
  verifyBuffers(buffers: readonly MessageBuffer[], options?: UnprotectOptions): VerifiedMessage {
    return verifyBuffers(this.#protection("verify"), buffers, options);
  }

  /** Sizes do not change while a context is complete, so they are asked for once. */
  #protection(purpose: Purpose): Channel {
    const life = this.#life;
    life.established(purpose);
    this.#channel ??= openChannel(this, () => life.context(), grantedStyle(this.#possible.granted, life.granted));
    return this.#channel;
  }

  /** Other keys may come with other sizes. */
  protected forgetSizes(): void {
    this.#channel = undefined;
  }
}
