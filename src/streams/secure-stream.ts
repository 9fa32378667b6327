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

/** Functions that a side calls at certain points of its handshakes. */
interface Hooks {
  readonly select?: CredentialSelection | undefined;
  /** Throws if the peer must be refused. */
  readonly check?: (agreement: Agreement) => void;
}

/**
 * A stream that is protected by a context of a stream package (Schannel, CredSSP, or a package of your own), over any
 * other stream: written data leaves through the transport as records, and received records are read as data. It is a
 * `Duplex` like `tls.TLSSocket`: `secure` is emitted when the handshake is complete (and `secureConnect` on the
 * client), `end` after the peer's close, and `error` once for any failure. Data that is written before `secure` waits.
 *
 * It owns its context and its transport: both are closed when the stream closes, for whatever reason. As with other
 * streams, `end` and `close` are emitted only if the data is read.
 */
export class SecureStream<C extends ClientContext | ServerContext = ClientContext | ServerContext> extends Duplex {
  /** The context, for its attributes and flags. The stream closes it. */
  readonly context: C;
  /** The transport. The stream ends and destroys it. */
  readonly transport: Duplex;
  readonly #channel: SecureChannel;
  #secure = false;
  /** The agreement of the last handshake. */
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
    this.#open();
  }

  /**
   * Makes the client's side of a secure stream over `transport`. The context is required to grant confidentiality and a
   * stream.
   *
   * A server of TLS must have a certificate for `target`, unless the credential says that validation is manual
   * (`credManualCredValidation`). Whether the certificate is trusted is checked by the package; Wine's does not check
   * it.
   *
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is unchanged then.
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
   * Makes the server's side of a secure stream over `transport`. The context is required to grant confidentiality and a
   * stream.
   *
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is unchanged then.
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

  /** Always true, as in `tls.TLSSocket`. */
  get encrypted(): true {
    return true;
  }

  /**
   * The protocol that both sides agreed on by ALPN; false if there is none, null before `secure`.
   *
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  get alpnProtocol(): string | false | null {
    return this.#known?.alpnProtocol ?? null;
  }

  /**
   * The peer's certificate; undefined if the peer has sent none, the package has no certificates, or the stream is not
   * secure.
   *
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  getPeerX509Certificate(): X509Certificate | undefined {
    return this.#known?.certificate;
  }

  get #known(): Agreement | undefined {
    return this.#secure && !this.destroyed ? this.#agreement : undefined;
  }

  /** Destroys the stream; resolves when everything that it owns is closed. */
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
    // Start reading now, so that errors surface and data is buffered before a reader arrives.
    this.read(0);
  }
}

/** Closes the context if making its stream fails. */
function owning<S>(context: ClientContext | ServerContext, make: () => S): S {
  try {
    return make();
  } catch (error) {
    context.close();
    throw error;
  }
}
