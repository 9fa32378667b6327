import { domainToASCII } from "node:url";
import {
  SSL_ERROR_WANT_READ,
  SSL_ERROR_ZERO_RETURN,
  SSL_KEY_UPDATE_NOT_REQUESTED,
  SSL_KEY_UPDATE_REQUESTED,
  SSL_RECEIVED_SHUTDOWN,
} from "../../generated/openssl/constants.ts";
import { Arena, withArena } from "../memory/index.ts";
import { checkBytes, checkText, checkUint, shapeOf } from "../values/index.ts";
import { readAgreement, recordSize, type TlsAgreement } from "./agreement.ts";
import { type OpenSsl, openSsl } from "./openssl.ts";
import { refusalOf } from "./refusal.ts";
import { eachChunk, TlsConnection } from "./tls-connection.ts";
import type { SharedTls, TlsContext } from "./tls-context.ts";
import { failureOf, TlsError } from "./tls-error.ts";
import type { TlsOptions } from "./tls-options.ts";
import { readPeer, type TlsPeer } from "./tls-peer.ts";

export interface TlsEngineOptions {
  /**
   * For clients: the server's name or address. It is sent to the server (SNI), and must be in the server's certificate.
   */
  readonly servername?: string;
}

/** Memory for decrypted data, zeroed after each use. */
let scratch: Arena | undefined;

const nobody: TlsPeer = { certificates: [], trusted: false, chainError: undefined, nameError: undefined };

/**
 * One TLS connection in memory: bytes from the peer are passed to `feed`, bytes for the peer are returned by `take`. It
 * is synchronous, so that it works inside a security package's legs. Its owner closes it.
 *
 * @see SSL_new https://docs.openssl.org/3.0/man3/SSL_new/
 */
export class TlsEngine implements Disposable {
  readonly #openssl: OpenSsl;
  readonly #shared: SharedTls;
  readonly #servername: string | undefined;
  readonly #connection: TlsConnection;
  #messages: Buffer[] = [];
  #complete = false;
  #failure: TlsError | undefined;
  #peer: TlsPeer | undefined;
  #agreement: TlsAgreement | undefined;

  /** @throws TypeError for a client that names no server, if its context refuses unknown servers */
  constructor(context: TlsContext, { servername }: TlsEngineOptions = {}) {
    this.#openssl = openSsl();
    this.#shared = context.shared;
    this.#servername = checkServerName(servername, this.#shared.options);
    this.#connection = new TlsConnection(this.#shared, this.#servername);
  }

  /** Whether the handshake is complete. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Whether the peer has sent its closing message: no data comes after it. */
  get closed(): boolean {
    return (this.#openssl.SSL_get_shutdown(this.#connection.address) & SSL_RECEIVED_SHUTDOWN) !== 0;
  }

  /** The peer's certificates and whether they are trusted; no certificates before the peer has sent them. */
  get peer(): TlsPeer {
    this.#peer ??= readPeer(this.#connection.address, this.#shared.options.side, this.#servername);
    return this.#peer ?? nobody;
  }

  /** @throws Error before the handshake is complete */
  get agreement(): TlsAgreement {
    if (!this.#complete) throw new Error("agreement: the handshake is not complete");
    const { address } = this.#connection;
    // The agreement never changes, because there is no renegotiation.
    this.#agreement ??= readAgreement(address);
    return this.#agreement;
  }

  /** Handshake messages received since the last call, in plain text; requires `showMessages`. */
  messages(): readonly Buffer[] {
    const all = this.#messages;
    this.#messages = [];
    return all;
  }

  /** Passes bytes from the peer to the engine: any part of the peer's stream, which is copied. */
  feed(bytes: Uint8Array): void {
    this.#connection.feed(checkBytes(bytes, "bytes"));
  }

  /** Returns the bytes that must be sent to the peer and were not taken before; empty if there are none. */
  take(): Buffer {
    return this.#connection.take();
  }

  /**
   * Continues the handshake as far as the received bytes allow.
   *
   * @returns whether it is complete
   * @throws TlsError, whose `farewell` must be sent to the peer; nothing else may be sent to it
   * @see SSL_do_handshake https://docs.openssl.org/3.0/man3/SSL_do_handshake/
   */
  handshake(): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#complete) return true;
    const result = this.#call(() => this.#openssl.SSL_do_handshake(this.#connection.address));
    if (result <= 0) this.#explain("the TLS handshake failed", result);
    this.#judge(result > 0);
    if (this.#failure) throw this.#failure;
    this.#complete = result > 0;
    return this.#complete;
  }

  /**
   * Encrypts data into records, which must be sent to the peer; bytes that were waiting to be taken come first.
   *
   * @throws TlsError after {@link goodbye}
   * @see SSL_write https://docs.openssl.org/3.0/man3/SSL_write/
   */
  seal(data: Uint8Array): Buffer {
    checkBytes(data, "data");
    this.#established("seal");
    const parts: Buffer[] = [];
    eachChunk(data, (address, size) => {
      const written = this.#call(() => this.#openssl.SSL_write(this.#connection.address, address, size));
      if (written !== size) throw failureOf("data cannot be encrypted");
      parts.push(this.take());
    });
    return joined(parts);
  }

  /**
   * Decrypts the received bytes. If a record is invalid, the data before it is returned, and the next call throws.
   *
   * @returns the data; empty if there is none yet, and after the peer's closing message
   * @throws TlsError, whose `farewell` must be sent to the peer
   * @see SSL_read https://docs.openssl.org/3.0/man3/SSL_read/
   */
  open(): Buffer {
    this.#established("open");
    scratch ??= new Arena(recordSize);
    const { base, bytes } = scratch;
    const parts: Buffer[] = [];
    for (;;) {
      const read = this.#call(() => this.#openssl.SSL_read(this.#connection.address, base, recordSize));
      if (read <= 0) {
        this.#explain("the peer's records cannot be decrypted", read);
        if (this.#failure && parts.length === 0) throw this.#failure;
        return joined(parts);
      }
      parts.push(Buffer.from(bytes.subarray(0, read)));
      bytes.fill(0, 0, read);
    }
  }

  /**
   * Replaces the keys with which this side encrypts, and the peer's too if `askPeer` is true; `take` returns the
   * message for the peer. TLS 1.3 only.
   *
   * @throws TlsError if the version is TLS 1.2
   * @see SSL_key_update https://docs.openssl.org/3.0/man3/SSL_key_update/
   */
  updateKeys({ askPeer = false }: { readonly askPeer?: boolean } = {}): void {
    this.#established("updateKeys");
    const type = askPeer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
    const { address } = this.#connection;
    const updated = this.#call(() => this.#openssl.SSL_key_update(address, type)) === 1;
    if (!updated || this.#call(() => this.#openssl.SSL_do_handshake(address)) !== 1)
      throw failureOf("the keys cannot be replaced");
  }

  /**
   * Makes the closing message (close_notify), which `take` returns; no data can be sealed after it.
   *
   * @see SSL_shutdown https://docs.openssl.org/3.0/man3/SSL_shutdown/
   */
  goodbye(): void {
    this.#established("goodbye");
    this.#call(() => this.#openssl.SSL_shutdown(this.#connection.address));
  }

  /**
   * Reports that the transport has ended.
   *
   * @throws TlsError if the peer has not sent its closing message: anybody on the way may have cut the stream
   */
  end(): void {
    if (this.#failure) throw this.#failure;
    if (!this.closed)
      throw new TlsError("the stream ended before the peer's goodbye (close_notify)", { failure: "truncated" });
  }

  /**
   * Derives bytes that only the two sides know, for use by other protocols (RFC 5705).
   *
   * @see SSL_export_keying_material https://docs.openssl.org/3.0/man3/SSL_export_keying_material/
   */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Buffer {
    this.#established("exportKeyingMaterial");
    const name = Buffer.from(checkText(label, "label", { empty: false }));
    checkUint(length, "length", 0x1_0000);
    const about = context ?? new Uint8Array();
    return withArena(length + name.length + about.length + 64, (arena) => {
      const [out, of, more] = [arena.allocate(length), arena.write(name), arena.write(about)];
      const derived = this.#call(() =>
        this.#openssl.SSL_export_keying_material(
          ...[this.#connection.address, out.address, length, of.address, name.length],
          ...[more.address, about.length, context === undefined ? 0 : 1],
        ),
      );
      if (derived !== 1) throw failureOf("exportKeyingMaterial");
      return Buffer.from(out.bytes());
    });
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Clears this thread's error queue first: Node uses it too, and its errors must not explain a failure here. */
  #call(work: () => number): number {
    this.#openssl.ERR_clear_error();
    const result = work();
    const { messages } = this.#shared.callbacks;
    if (messages.length > 0) this.#messages.push(...messages.splice(0));
    return result;
  }

  /** Records a failure, unless OpenSSL only needs more bytes. */
  #explain(operation: string, result: number): void {
    const error = this.#openssl.SSL_get_error(this.#connection.address, result);
    if (error === SSL_ERROR_WANT_READ || error === SSL_ERROR_ZERO_RETURN) return;
    this.#failure = failureOf(operation, this.take());
  }

  /** Checks the server as soon as it has sent its certificate, before any reply to it can leave. */
  #judge(complete: boolean): void {
    const { options } = this.#shared;
    if (options.side === "server" || options.verify === "report") return;
    if (this.peer.certificates.length === 0 && !complete) return;
    const refusal = refusalOf(this.peer);
    if (!refusal) return;
    this.take();
    this.#failure = refusal;
  }

  #established(operation: string): void {
    if (this.#failure) throw this.#failure;
    if (!this.#complete) throw new Error(`${operation}: the handshake is not complete`);
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** The name as it is sent; undefined for a server, and for a client that only reports and names no server. */
function checkServerName(servername: string | undefined, options: TlsOptions): string | undefined {
  if (options.side === "server") return undefined;
  if (servername === undefined) {
    if (options.verify === "report") return undefined;
    throw new TypeError("servername: expected the server's name, which its certificate has to have, got undefined");
  }
  checkText(servername, "servername", { empty: false });
  const ascii = /^[\x21-\x7e]+$/.test(servername) ? servername : domainToASCII(servername);
  if (ascii === "") throw new RangeError(`servername: expected a host's name, got ${shapeOf(servername)}`);
  return ascii;
}
