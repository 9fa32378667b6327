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
 * A stream behind CredSSP (MS-CSSP, versions 2 to 6), over any other stream: TLS of node:tls, a logon inside it, and a
 * password handed over. What is written to it leaves as records of TLS. It works wherever node:tls does.
 *
 * It owns its transport: that is closed when it is, whichever way that comes about. As with `tls.TLSSocket`, an end of the
 * transport is the end of the stream.
 */
export class CredsspStream extends Duplex {
  /** The version of CredSSP that both sides speak. */
  readonly version: number;
  /** The version of TLS. */
  readonly protocol: TlsVersion;
  /** What the client has delegated, on a server: a claim, which `matches` compares with who logged on. */
  readonly delegated: DelegatedCredentials | undefined;
  readonly #peer: Peer | PeerNameError;
  readonly #inner: InnerLogon;
  readonly #transport: Transport;
  readonly #certificate: X509Certificate | undefined;
  /** What came with the exchange's last message. */
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
   * The client's side: logs on, and hands the password to the server, which has shown that it has its certificate's key.
   * Off the event loop, since a logon may ask a domain controller.
   *
   * @returns the stream, when the password has been sent. A server that then does not take it hangs up.
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is left alone then.
   * @throws CredsspError `SEC_E_DELEGATION_POLICY` for a target that is not in `delegate`, `SEC_E_POLICY_NLTM_ONLY` for a
   *   server that is not trusted, `SEC_E_LOGON_DENIED`, `SEC_E_MESSAGE_ALTERED` for somebody in the middle …
   * @throws SecureStreamError for a transport that ends, and a handshake that takes too long.
   * @see InitializeSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-initializesecuritycontextw
   */
  static async connect(transport: Duplex, options: CredsspConnectOptions): Promise<CredsspStream> {
    checkTransport(transport);
    const given = readConnectOptions(options);
    return new CredsspStream(madeHere, await connectServer(transport, given), given);
  }

  /**
   * The server's side: logs a client on, and takes the password that it delegates.
   *
   * @returns the stream, when the client has delegated.
   * @throws TypeError or RangeError naming the option that is wrong; `transport` is left alone then.
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
   * Who is at the other end, as the package of the logon has authenticated it, whatever was delegated.
   *
   * @throws PeerNameError where that package does not tell.
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  get peer(): Peer {
    if (this.#peer instanceof PeerNameError) throw this.#peer;
    return this.#peer;
  }

  /** As `tls.TLSSocket` has it: always true. */
  get encrypted(): true {
    return true;
  }

  /** The server's certificate; undefined on a server, whose clients show none. */
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
