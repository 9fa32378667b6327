import { inspect } from "node:util";
import type { ContextAttributes } from "../../generated/attributes.ts";
import { checkKey, type FlagGroup, flagNames } from "../memory/index.ts";
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
import { type AccessToken, openAccessToken } from "./access-token.ts";
import type { Establishment } from "./context-handles.ts";
import { applyControlToken, type ControlToken } from "./control-token.ts";
import { type ExportedContext, type ExportOptions, exportContext } from "./export-context.ts";
import { impersonate } from "./impersonate.ts";
import { grantedStyle, openChannel } from "./message-channel.ts";
import { queryContext } from "./query-context.ts";

/** Where a context comes from. */
export interface Origin<Flag extends string> {
  /** The package's name. */
  readonly package: string;
  readonly provider: SecurityProvider;
  /** The flags it may have, by name. */
  readonly granted: FlagGroup<Flag>;
  /** Those of which no function says whether it has them. */
  readonly unreported?: Readonly<Record<string, bigint>>;
}

/**
 * What client and server contexts have in common: an authentication that goes leg by leg and, when it is
 * complete, the protection of messages with what was agreed. Owns a `CtxtHandle`, and keeps its credential
 * alive; close it, or declare it with `using`.
 */
export abstract class SecurityContext<
  Flag extends string,
  E extends Establishment = Establishment,
  Unreported extends string = never,
> implements Disposable
{
  /** The package's name. */
  readonly package: string;
  readonly provider: SecurityProvider;
  readonly #exchange: E;
  readonly #granted: FlagGroup<Flag>;
  readonly #unreported: Readonly<Record<string, bigint>>;
  #channel: Channel | undefined;
  #impersonations = 0;
  #closing = false;

  protected constructor(origin: Origin<Flag>, exchange: E) {
    this.package = origin.package;
    this.provider = origin.provider;
    this.#granted = origin.granted;
    this.#unreported = origin.unreported ?? {};
    this.#exchange = exchange;
  }

  protected get exchange(): E {
    return this.#exchange;
  }

  /** Whether the authentication is complete. */
  get complete(): boolean {
    return this.#exchange.phase === "complete";
  }

  /** How many legs this side has taken. */
  get legs(): number {
    return this.#exchange.legs;
  }

  /** When the context expires; undefined before it is complete, and where the provider does not say. */
  get expiry(): Date | undefined {
    return this.#exchange.expiry;
  }

  /**
   * What the complete context has, by the names of `ISC_RET_*` or `ASC_RET_*`; `"unknown"` where the provider
   * does not report it.
   *
   * @throws ContextStateError before the context is complete: flags of earlier legs mean nothing.
   */
  get flags(): readonly Flag[] | "unknown" {
    this.#exchange.established("flags");
    const bits = this.#exchange.granted;
    return bits === undefined ? "unknown" : flagNames(this.#granted, bits);
  }

  /**
   * Whether the complete context has a flag; `"unknown"` too for those beyond 32 bits, which no function reports.
   *
   * @throws ContextStateError before it is complete, RangeError for no flag.
   */
  has(flag: Flag | Unreported): boolean | "unknown" {
    if (!Object.hasOwn(this.#unreported, flag)) checkKey(flag as Flag, "flag", this.#granted);
    const { flags } = this;
    return flags === "unknown" || Object.hasOwn(this.#unreported, flag) ? "unknown" : flags.includes(flag as Flag);
  }

  /**
   * An attribute by name; field names are the header's. Strings, bytes and times are plain values, and what
   * the package allocated for them is freed.
   *
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package does not answer it.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  query<A extends keyof ContextAttributes>(attribute: A): ContextAttributes[A] {
    return queryContext(this.#exchange.context(), attribute);
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

  /**
   * A token handle of the client, for this server to use with the functions of Windows. The caller owns it
   * and closes it; `value` is the `HANDLE`.
   *
   * @throws SspiError
   * @see QuerySecurityContextToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querysecuritycontexttoken
   */
  accessToken(): AccessToken {
    return openAccessToken(this.#exchange.established("accessToken"));
  }

  /**
   * Runs `work` with this thread impersonating the client, and reverts, also when `work` throws. `work` is
   * synchronous: impersonation belongs to the thread, so nothing may go on after it.
   *
   * @throws SspiError `SEC_E_NO_IMPERSONATION` where the provider would only pretend.
   * @see ImpersonateSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-impersonatesecuritycontext
   */
  impersonate<T>(work: () => T): T {
    const handle = this.#exchange.established("impersonate");
    this.#impersonations += 1;
    try {
      return impersonate(handle, work);
    } finally {
      this.#impersonations -= 1;
      if (this.#closing) this.close();
    }
  }

  /**
   * The context as bytes, which `importContext` goes on with in another process of this machine. With `deleteOld`
   * this one is gone and only to be closed; without it both go on, and the package says what that means.
   *
   * @returns the bytes, and with `withToken` the client's token, which the caller owns and closes.
   * @throws SspiError `SEC_E_NOT_SUPPORTED`, `SEC_E_UNSUPPORTED_FUNCTION` where the package or provider cannot.
   * @throws KernelExportError for `toKernel`.
   * @see ExportSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-exportsecuritycontext
   */
  export(options: ExportOptions = {}): ExportedContext {
    return exportContext(this.package, this.#exchange, options);
  }

  /**
   * Gives the package a token that is not of the peer: bytes of the package's own form, or one of Schannel's by name.
   *
   * @throws TypeError or RangeError naming what is wrong with the token.
   * @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` where the package takes none.
   * @see ApplyControlToken https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-applycontroltoken
   */
  applyControlToken(token: Uint8Array | ControlToken): void {
    applyControlToken(this.#exchange.context(), token);
  }

  /**
   * Deletes the context and lets go of its credential. Harmless when repeated; while a step is under way,
   * or work that impersonates the client, it takes effect when that has ended.
   *
   * @see DeleteSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-deletesecuritycontext
   */
  close(): void {
    // Only the context that was impersonated can be reverted.
    this.#closing = this.#impersonations > 0;
    if (!this.#closing) this.#exchange.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Sizes do not change while a context is complete, so they are asked for once. */
  #protection(purpose: string): Channel {
    const handle = this.#exchange.established(purpose);
    this.#channel ??= openChannel(this.package, handle, grantedStyle(this.#granted, this.#exchange.granted));
    return this.#channel;
  }

  /** Other keys may come with other sizes. */
  protected forgetSizes(): void {
    this.#channel = undefined;
  }

  [inspect.custom](): string {
    const { phase, legs } = this.#exchange;
    const parts = [this.package, ...this.details(), `${phase} after ${legs} ${legs === 1 ? "leg" : "legs"}`];
    if (phase === "complete") parts.push(`flags ${this.flags === "unknown" ? "unknown" : this.flags.join(" ")}`);
    return `${this.constructor.name} { ${parts.join(", ")} }`;
  }

  /** What a side adds to what is shown of it. */
  protected details(): readonly string[] {
    return [];
  }
}
