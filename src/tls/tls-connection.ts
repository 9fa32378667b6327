import { isIP } from "node:net";
import { SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name } from "../../generated/openssl/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { addressInPlace, Owned, surrendered, withArena } from "../memory/index.ts";
import { isNull, type OpenSsl, openSsl } from "./openssl.ts";
import type { SharedTls } from "./tls-context.ts";
import { failureOf } from "./tls-error.ts";

/** The maximum number of bytes passed to or returned by one call of OpenSSL. */
export const chunkSize = 0x4_0000;

/** The OpenSSL objects of a connection: an `SSL`, and the two BIOs that carry its records in and out. */
export class TlsConnection {
  readonly #openssl: OpenSsl;
  readonly #ssl: Owned<Address>;
  readonly #incoming: Address;
  readonly #outgoing: Address;

  /** `servername` is given for clients only. */
  constructor(shared: SharedTls, servername: string | undefined) {
    const openssl = openSsl();
    openssl.ERR_clear_error();
    this.#openssl = openssl;
    const ssl = openssl.SSL_new(shared.address);
    if (isNull(ssl)) throw failureOf("SSL_new");
    shared.retain();
    this.#ssl = new Owned("a TLS connection", ssl, (address) => {
      openssl.SSL_free(address);
      shared.letGo();
    });
    this.#incoming = newBio(openssl);
    this.#outgoing = newBio(openssl);
    openssl.SSL_set_bio(ssl, this.#incoming, this.#outgoing);
    surrendered("BIO_free");
    surrendered("BIO_free");
    try {
      prepare(openssl, ssl, shared, servername);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The `SSL`. @throws DisposedError after close */
  get address(): Address {
    return this.#ssl.value;
  }

  /** Appends to the bytes from the peer; they are copied. */
  feed(bytes: Uint8Array): void {
    eachChunk(bytes, (address, size) => {
      this.#ssl.value;
      if (this.#openssl.BIO_write(this.#incoming, address, size) !== size) throw failureOf("BIO_write");
    });
  }

  /** Takes the bytes that must be sent to the peer. */
  take(): Buffer {
    this.#ssl.value;
    const size = Number(this.#openssl.BIO_ctrl_pending(this.#outgoing));
    const bytes = Buffer.allocUnsafeSlow(size);
    if (size > 0) this.#openssl.BIO_read(this.#outgoing, addressInPlace(bytes, "bytes"), size);
    return bytes;
  }

  close(): void {
    this.#ssl.close();
  }
}

/** Calls `work` with the address and size of each piece in turn. */
export function eachChunk(bytes: Uint8Array, work: (address: number, size: number) => void): void {
  if (bytes.length === 0) return;
  const own = bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes);
  const address = addressInPlace(own, "bytes");
  for (let at = 0; at < own.length; at += chunkSize) work(address + at, Math.min(chunkSize, own.length - at));
}

function newBio(openssl: OpenSsl): Address {
  const bio = openssl.BIO_new(openssl.BIO_s_mem());
  if (isNull(bio)) throw failureOf("BIO_new");
  return bio;
}

function prepare(openssl: OpenSsl, ssl: Address, { options }: SharedTls, servername: string | undefined): void {
  if (options.side === "server") {
    openssl.SSL_set_accept_state(ssl);
    return;
  }
  openssl.SSL_set_connect_state(ssl);
  if (servername !== undefined && isIP(servername) === 0)
    withArena(servername.length + 16, (arena) => {
      const { address } = arena.write(Buffer.from(`${servername}\0`));
      const set = openssl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, address);
      if (Number(set) !== 1) throw failureOf("servername");
    });
  if (options.alpn) offer(openssl, ssl, options.alpn);
}

function offer(openssl: OpenSsl, ssl: Address, names: readonly string[]): void {
  const list = Buffer.concat(names.flatMap((name) => [Buffer.of(Buffer.byteLength(name)), Buffer.from(name)]));
  withArena(list.length + 16, (arena) => {
    // This function returns 0 for success, unlike all others.
    if (openssl.SSL_set_alpn_protos(ssl, arena.write(list).address, list.length) !== 0) throw failureOf("alpn");
  });
}
