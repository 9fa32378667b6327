import type { X509Certificate } from "node:crypto";
import { addAbortSignal, Duplex } from "node:stream";
import { ClientContext, ServerContext } from "../contexts/index.ts";
import type { Credential } from "../credentials/index.ts";
import { checkMadeHere, checkSignal, madeHere } from "../values/index.ts";
import { Agreement } from "./agreement.ts";
import { answer } from "./answer.ts";
import type { CredentialSelection } from "./handshake.ts";
import { SecureChannel } from "./secure-channel.ts";
import { refuseWrongServer, serverCheck } from "./server-identity.ts";
import { SecureStreamError } from "./stream-error.ts";
import {
  contextOptions,
  credentialSelection,
  duplexOptions,
  handshakeTime,
  readClientOptions,
  readServerOptions,
  type SecureClientOptions,
  type SecureServerOptions,
  type SecureStreamOptions,
} from "./stream-options.ts";
import { checkTransport } from "./transport.ts";

type Callback = (error?: Error | null) => void;

/** What a side does at certain points of its handshakes. */
interface Hooks {
  readonly select?: CredentialSelection | undefined;
  /** Throws where the peer is not to be talked to. */
  readonly check?: (agreement: Agreement) => void;
}

/**
 * A stream that is protected by a context of a stream package (Schannel, CredSSP, one of yours), over any other
 * stream: what is written to it leaves the transport as records, what comes in records is read from it. It is a
 * `Duplex` as `tls.TLSSocket` is: `secure` is emitted when the handshake is complete (and `secureConnect` on the
 * client), `end` after the peer's close, `error` once for whatever went wrong. What is written before `secure` waits.
 *
 * It owns its context and its transport: both are closed when it is, whichever way that comes about. As with other
 * streams, `end` and `close` come only to those who read.
 */
export class SecureStream<C extends ClientContext | ServerContext = ClientContext | ServerContext> extends Duplex {
  /** The context: for its attributes and flags. The stream closes it. */
  readonly context: C;
  /** The stream below. The stream ends and destroys it. */
  readonly transport: Duplex;
  readonly #channel: SecureChannel;
  #secure = false;
  /** Of the last handshake. */
  #agreement: Agreement | undefined;
  #ready: Promise<void> = Promise.resolve();

  private constructor(
    key: typeof madeHere,
    transport: Duplex,
    context: C,
    options: SecureStreamOptions,
    hooks: Hooks = {},
  ) {
    checkMadeHere(key, "SecureStream: use SecureStream.connect() or accept()");
    super(duplexOptions(options));
    const { allowMissingClose = false } = options;
    const [time, signal] = [handshakeTime(options), checkSignal(options.signal)];
    this.context = context;
    this.transport = transport;
    this.#channel = new SecureChannel(context, transport, {
      allowMissingClose,
      handshakeTimeout: time,
      select: hooks.select,
      check: () => {
        const agreement = new Agreement(context);
        hooks.check?.(agreement);
        this.#agreement = agreement;
      },
      onFailure: (error) => this.destroy(error),
    });
    if (signal) addAbortSignal(signal, this);
    if (this.destroyed) return;
    this.#open();
  }

  /**
   * The client's side of a secure stream over `transport`. Confidentiality and a stream are required of the context.
   *
   * A server of TLS has to have a certificate for `target`, unless the credential says that validation is manual
   * (`credManualCredValidation`); whether it is to be trusted is the package's to say, and Wine's says nothing.
   *
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is left alone then.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  static connect(
    transport: Duplex,
    credential: Credential,
    options: SecureClientOptions = {},
  ): SecureStream<ClientContext> {
    checkTransport(transport);
    const given = readClientOptions(options);
    const { target, checkServerIdentity, selectCredential } = given;
    const identity = serverCheck(credential, target, checkServerIdentity);
    const context = new ClientContext(credential, contextOptions(given));
    return owning(context, () => {
      const select = credentialSelection(context, selectCredential);
      return new SecureStream(madeHere, transport, context, given, {
        select,
        check: (agreement) => refuseWrongServer(target, agreement, identity),
      });
    });
  }

  /**
   * The server's side of a secure stream over `transport`. Confidentiality and a stream are required of the context.
   *
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is left alone then.
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  static accept(
    transport: Duplex,
    credential: Credential,
    options: SecureServerOptions = {},
  ): SecureStream<ServerContext> {
    checkTransport(transport);
    const given = readServerOptions(options);
    const context = new ServerContext(credential, contextOptions(given));
    return owning(context, () => new SecureStream(madeHere, transport, context, given));
  }

  /** Whether the handshake is complete. */
  get secure(): boolean {
    return this.#secure;
  }

  /** As `tls.TLSSocket` has it: always true. */
  get encrypted(): true {
    return true;
  }

  /**
   * The protocol that both sides agreed on by ALPN; false where there is none, null before `secure`.
   *
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  get alpnProtocol(): string | false | null {
    return this.#known?.alpnProtocol ?? null;
  }

  /**
   * The peer's certificate; undefined where it has shown none, the package has none, or the stream is not secure.
   *
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  getPeerX509Certificate(): X509Certificate | undefined {
    return this.#known?.certificate;
  }

  get #known(): Agreement | undefined {
    return this.#secure && !this.destroyed ? this.#agreement : undefined;
  }

  /** Destroys the stream; resolves when everything that it owned is closed. */
  override async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const closed = new Promise((resolve) => this.once("close", resolve));
    this.destroy();
    await closed;
  }

  /** Called by Node's streams: use `write()`. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    answer(
      this.#ready.then(() => this.#channel.write(chunk)),
      callback,
    );
  }

  /** Called by Node's streams: use `write()`. */
  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "utf8", callback);
  }

  /** Called by Node's streams: use `end()`. */
  override _final(callback: Callback): void {
    answer(
      this.#ready.then(() => this.#channel.close()),
      callback,
    );
  }

  /** Called by Node's streams: use `read()`, or the event `data`. */
  override _read(): void {
    answer(
      this.#ready.then(() => this.#channel.read()),
      (error, data) => {
        if (error) this.destroy(error);
        else if (!this.destroyed) this.push(data ?? null);
      },
    );
  }

  /** Called by Node's streams: use `destroy()`. */
  override _destroy(error: Error | null, callback: Callback): void {
    const reason = error ?? new SecureStreamError("SSPI_TRANSPORT_CLOSED", "the stream has been destroyed");
    answer(this.#channel.dispose(reason), (failure) => callback(error ?? failure));
  }

  #open(): void {
    this.#ready = this.#channel.open(this.context instanceof ClientContext);
    answer(this.#ready, (error) => {
      if (error) this.destroy(error);
      else if (!this.destroyed) this.#announce();
    });
  }

  #announce(): void {
    this.#secure = true;
    this.emit("secure");
    if (this.context instanceof ClientContext) this.emit("secureConnect");
    // What fails is to be known, and what comes to be waiting, before somebody reads.
    this.read(0);
  }
}

/** Closes a context that no stream came to own. */
function owning<S>(context: ClientContext | ServerContext, make: () => S): S {
  try {
    return make();
  } catch (error) {
    context.close();
    throw error;
  }
}
