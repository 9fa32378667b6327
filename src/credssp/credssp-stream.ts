import type { X509Certificate } from "node:crypto";
import { Duplex } from "node:stream";
import { type Peer, PeerNameError } from "../contexts/index.ts";
import { answer } from "../streams/answer.ts";
import { SecureStreamError } from "../streams/index.ts";
import { duplexOptions } from "../streams/stream-options.ts";
import { checkTransport, type Transport } from "../streams/transport.ts";
import type { TlsVersion } from "../tls/index.ts";
import { checkMadeHere, madeHere } from "../values/index.ts";
import type { DelegatedCredentials } from "./delegated-credentials.ts";
import type { InnerLogon } from "./inner-logon.ts";
import { protocolOf } from "./node-tls.ts";
import { acceptClient, connectServer, type Established } from "./stream-handshake.ts";
import {
  type CredsspAcceptOptions,
  type CredsspConnectOptions,
  type CredsspStreamOptions,
  readAcceptOptions,
  readConnectOptions,
} from "./stream-options.ts";

type Callback = (error?: Error | null) => void;

/**
 * A stream through CredSSP (MS-CSSP, versions 2 to 6) over any other stream: TLS of node:tls, a logon inside it, and a
 * delegated password. Written data is sent as TLS records. It works wherever node:tls does.
 *
 * The stream owns its transport, and closes it whenever the stream itself closes. As with `tls.TLSSocket`, the end of
 * the transport is the end of the stream.
 */
export class CredsspStream extends Duplex {
  /** The version of CredSSP that both sides speak. */
  readonly version: number;
  /** The version of TLS. */
  readonly protocol: TlsVersion;
  /**
   * The credentials that the client has delegated, on a server. They are a claim; `matches` compares them with the
   * account that logged on.
   */
  readonly delegated: DelegatedCredentials | undefined;
  readonly #peer: Peer | PeerNameError;
  readonly #inner: InnerLogon;
  readonly #transport: Transport;
  readonly #certificate: X509Certificate | undefined;
  /** The bytes that followed the exchange's last message. */
  #first: Buffer | undefined;

  private constructor(key: typeof madeHere, made: Established, options: CredsspStreamOptions) {
    checkMadeHere(key, "CredsspStream: use CredsspStream.connect() or accept()");
    super(duplexOptions(options));
    this.version = made.version;
    this.protocol = protocolOf(made.socket);
    this.delegated = made.delegated;
    this.#peer = made.peer;
    this.#inner = made.inner;
    this.#transport = made.transport;
    this.#certificate = made.certificate;
    this.#first = made.rest.length > 0 ? made.rest : undefined;
    made.onFailure((error) => this.destroy(error));
    const { signal } = options;
    const abort = (): void => void this.destroy(signal?.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    this.once("close", () => signal?.removeEventListener("abort", abort));
  }

  /**
   * The client's side: logs on, and sends the password to the server after it has proved that it has its certificate's
   * key. It runs off the event loop, because a logon may ask a domain controller.
   *
   * @returns the stream, after the password has been sent. A server that refuses the password closes the connection.
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is then untouched.
   * @throws CredsspError `SEC_E_DELEGATION_POLICY` for a target that is not in `delegate`, `SEC_E_POLICY_NLTM_ONLY` for
   *   a server that is not trusted, `SEC_E_LOGON_DENIED`, `SEC_E_MESSAGE_ALTERED` for a man in the middle …
   * @throws SecureStreamError for a transport that ends, and a handshake that takes too long.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  static async connect(transport: Duplex, options: CredsspConnectOptions): Promise<CredsspStream> {
    checkTransport(transport);
    const given = readConnectOptions(options);
    return new CredsspStream(madeHere, await connectServer(transport, given), given);
  }

  /**
   * The server's side: logs a client on, and receives the password that it delegates.
   *
   * @returns the stream, after the client has delegated.
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is then untouched.
   * @throws CredsspError `SEC_E_LOGON_DENIED`, `SEC_E_UNSUPPORTED_FUNCTION` for a version below `minimumVersion` …
   * @throws SecureStreamError for a transport that ends, and a handshake that takes too long.
   * @see AcceptSecurityContext https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-acceptsecuritycontext
   */
  static async accept(transport: Duplex, options: CredsspAcceptOptions): Promise<CredsspStream> {
    checkTransport(transport);
    const given = readAcceptOptions(options);
    return new CredsspStream(madeHere, await acceptClient(transport, given), given);
  }

  /**
   * The peer, as the package of the logon has authenticated it, whatever credentials were delegated.
   *
   * @throws PeerNameError if that package does not report a name.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  get peer(): Peer {
    if (this.#peer instanceof PeerNameError) throw this.#peer;
    return this.#peer;
  }

  /** Always true, as for `tls.TLSSocket`. */
  get encrypted(): true {
    return true;
  }

  /** The server's certificate; undefined on a server, because its clients send none. */
  getPeerX509Certificate(): X509Certificate | undefined {
    return this.#certificate;
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
    answer(this.#transport.write(chunk), callback);
  }

  /** Called by Node's streams: use `end()`. */
  override _final(callback: Callback): void {
    answer(this.#transport.end(), callback);
  }

  /** Called by Node's streams: use `read()`, or the event `data`. */
  override _read(): void {
    const first = this.#first;
    this.#first = undefined;
    answer(first ? Promise.resolve(first) : this.#transport.read(), (error, data) => {
      if (error) this.destroy(error);
      else if (!this.destroyed) this.push(data ?? null);
    });
  }

  /** Called by Node's streams: use `destroy()`. */
  override _destroy(error: Error | null, callback: Callback): void {
    this.#transport.destroy(error ?? new SecureStreamError("SSPI_TRANSPORT_CLOSED", "the stream has been destroyed"));
    this.delegated?.close();
    this.#inner.close();
    callback(error);
  }
}
