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

/** The error text for a caller that constructs an abstract context class. */
export const contextsMadeBy = "SecurityContext: use a ClientContext, a ServerContext or importContext()";

/** The flags that a context may have, by name. */
export interface ContextFlags<Flag extends string, Unreported extends string> {
  readonly granted: FlagGroup<Flag>;
  /** The flags beyond 32 bits; no function reports whether the context has them. */
  readonly wideGranted: Readonly<Record<Unreported, bigint>>;
}

/** Protects messages with the keys that a complete context has agreed on. */
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

  /** Lets functions of `sspi-ffi/raw` take this context object in place of a `CtxtHandle`. */
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
   * Encrypts a message into a new buffer: `token ‖ data ‖ padding`. A stream context (Schannel, CredSSP) returns whole
   * records of `header ‖ data ‖ trailer`, as many as the message needs; an empty message is one record.
   *
   * @throws SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encrypt(message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
    return encrypt(this.#protection("encrypt"), message, options);
  }

  /**
   * Decrypts a message that the peer's {@link encrypt} made, into a new buffer. For a stream use {@link decryptStream};
   * to learn the quality of a message use {@link decryptBuffers}.
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
   * Decrypts the first record of a stream's bytes. The result is its data, the fact that the record is incomplete, or
   * what the peer wants. `bytes` is not changed; `extra`, the bytes after the record, is a view of it.
   *
   * @throws SspiError `SEC_E_DECRYPT_FAILURE`, `SEC_E_MESSAGE_ALTERED` …: the stream cannot be used any more.
   * @throws MessageStyleError from a context that is not a stream.
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptStream(bytes: Uint8Array, options?: DecryptOptions): StreamRead {
    return decryptStream(this.#protection("decrypt"), bytes, options);
  }

  /**
   * {@link decryptStream} without a copy: the record is decrypted in place, and `data` and `extra` are views of
   * `bytes`. The bytes of an incomplete record are not changed.
   *
   * @throws SspiError, NotEncryptedError, MessageStyleError
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptStreamInPlace(bytes: Uint8Array, options?: DecryptOptions): StreamRead {
    return decryptStreamInPlace(this.#protection("decrypt"), bytes, options);
  }

  /**
   * Encrypts `data` in place and writes the token, which the peer also needs, to `token`, which has at least
   * {@link ContextAttributes.sizes}`.cbSecurityTrailer` bytes. Returns how many bytes of `token` were used.
   *
   * @throws SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encryptInPlace(token: Uint8Array, data: Uint8Array, options?: ProtectOptions): number {
    return encryptInPlace(this.#protection("encrypt"), token, data, options);
  }

  /**
   * Decrypts `data` in place, with the token that came with it. Returns how many of its bytes are plaintext.
   *
   * @throws SspiError, NotEncryptedError
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptInPlace(token: Uint8Array, data: Uint8Array, options?: DecryptOptions): number {
    return decryptInPlace(this.#protection("decrypt"), token, data, options);
  }

  /**
   * Signs a message and returns the signature in a new buffer of at most `cbMaxSignature` bytes.
   *
   * @throws SspiError
   * @see MakeSignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-makesignature
   */
  sign(message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
    return sign(this.#protection("sign"), message, options);
  }

  /**
   * Returns if `signature` is the peer's signature of this message, and throws if it is not.
   *
   * @throws SspiError `SEC_E_MESSAGE_ALTERED`, `SEC_E_OUT_OF_SEQUENCE` …
   * @see VerifySignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-verifysignature
   */
  verify(message: Uint8Array, signature: Uint8Array, options?: UnprotectOptions): void {
    verify(this.#protection("verify"), message, signature, options);
  }

  /**
   * Encrypts a message of several buffers in a copy of them; read-only buffers stay readable. DCE style is
   * `[{ type: "data", bytes: header, access: "readonlyWithChecksum" }, { type: "data", bytes: body }, { type: "token" }]`.
   * Returns what each buffer has become, in the same order. The peer needs all of them, in this order or as the
   * protocol arranges them.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encryptBuffers(buffers: readonly MessageBuffer[], options?: ProtectOptions): readonly MessagePart[] {
    return encryptBuffers(this.#protection("encrypt"), buffers, options, true);
  }

  /**
   * {@link encryptBuffers} without a copy: buffers are encrypted in place, and the parts are views of them.
   *
   * @throws TypeError, RangeError, SspiError
   * @see EncryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-encryptmessage
   */
  encryptBuffersInPlace(buffers: readonly MessageBuffer[], options?: ProtectOptions): readonly MessagePart[] {
    return encryptBuffers(this.#protection("encrypt"), buffers, options, false);
  }

  /**
   * Decrypts a message of several buffers in a copy of them, and reports the quality of its protection.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError `SEC_E_MESSAGE_ALTERED` …, `SEC_E_INCOMPLETE_MESSAGE` where bytes are missing.
   * @throws NotEncryptedError when the peer only signed the message, unless `allowUnencrypted` is set.
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptBuffers(buffers: readonly MessageBuffer[], options?: DecryptOptions): DecryptedMessage {
    return decryptBuffers(this.#protection("decrypt"), buffers, options, true);
  }

  /**
   * {@link decryptBuffers} without a copy: buffers are decrypted in place, and the parts are views of them.
   *
   * @throws TypeError, RangeError, SspiError, NotEncryptedError
   * @see DecryptMessage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-decryptmessage
   */
  decryptBuffersInPlace(buffers: readonly MessageBuffer[], options?: DecryptOptions): DecryptedMessage {
    return decryptBuffers(this.#protection("decrypt"), buffers, options, false);
  }

  /**
   * Signs a message of several buffers; the signature goes to the one that is `{ type: "token" }`. The caller's bytes
   * are not changed; the result says what each buffer has become, in the same order.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError
   * @see MakeSignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-makesignature
   */
  signBuffers(buffers: readonly MessageBuffer[], options?: ProtectOptions): readonly MessagePart[] {
    return signBuffers(this.#protection("sign"), buffers, options);
  }

  /**
   * Returns if the token among the buffers is the peer's signature of the others, and throws if it is not.
   *
   * @throws TypeError or RangeError naming the buffer that is wrong.
   * @throws SspiError `SEC_E_MESSAGE_ALTERED`, `SEC_E_OUT_OF_SEQUENCE` …
   * @see VerifySignature https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-verifysignature
   */
  verifyBuffers(buffers: readonly MessageBuffer[], options?: UnprotectOptions): VerifiedMessage {
    return verifyBuffers(this.#protection("verify"), buffers, options);
  }

  /** Queries the sizes once, because they do not change while a context is complete. */
  #protection(purpose: Purpose): Channel {
    const life = this.#life;
    life.established(purpose);
    this.#channel ??= openChannel(this, () => life.context(), grantedStyle(this.#possible.granted, life.granted));
    return this.#channel;
  }

  /** Called when the context gets new keys, whose sizes may differ. */
  protected forgetSizes(): void {
    this.#channel = undefined;
  }
}
