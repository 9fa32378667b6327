import tls from "node:tls";
import {
  SSL_CTRL_MODE,
  SSL_CTRL_SET_MAX_PROTO_VERSION,
  SSL_CTRL_SET_MIN_PROTO_VERSION,
  SSL_CTRL_SET_SESS_CACHE_MODE,
  SSL_MODE_NO_AUTO_CHAIN,
  SSL_MODE_RELEASE_BUFFERS,
  SSL_OP_NO_COMPRESSION,
  SSL_OP_NO_RENEGOTIATION,
  SSL_OP_NO_TICKET,
  SSL_SESS_CACHE_OFF,
  SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
  SSL_VERIFY_NONE,
  SSL_VERIFY_PEER,
  TLS1_2_VERSION,
  TLS1_3_VERSION,
} from "../../generated/openssl/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { Owned, Shared, withArena } from "../memory/index.ts";
import { eachCertificate, useCertificate } from "./native-certificate.ts";
import { isNull, type OpenSsl, openSsl } from "./openssl.ts";
import { TlsCallbacks } from "./tls-callbacks.ts";
import { failureOf } from "./tls-error.ts";
import { checkTlsOptions, pemsOf, type TlsOptions, type TlsVersion, versionRange } from "./tls-options.ts";
import { rootsOfNode, storeOf } from "./trusted-roots.ts";

const numbers: Readonly<Record<TlsVersion, number>> = { "tls1.2": TLS1_2_VERSION, "tls1.3": TLS1_3_VERSION };

/** The native state that a context's engines share, freed with the last of them. */
export class SharedTls extends Shared {
  readonly address: Address;
  readonly options: TlsOptions;
  readonly callbacks: TlsCallbacks;
  /** The context's own certificate, in DER; undefined if it has none. */
  readonly certificate: Buffer | undefined;
  readonly #openssl: OpenSsl;

  constructor(options: TlsOptions, certificateName: string) {
    super();
    this.#openssl = openSsl();
    this.options = options;
    this.callbacks = new TlsCallbacks();
    this.address = this.#openssl.SSL_CTX_new(this.#openssl.TLS_method());
    if (isNull(this.address)) throw failureOf("SSL_CTX_new");
    try {
      configure(this.#openssl, this.address, options);
      this.certificate = options.certificate && useCertificate(this.address, options.certificate, certificateName);
      this.callbacks.install(this.address, options);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  protected release(): void {
    this.#openssl.SSL_CTX_free(this.address);
    this.callbacks.release();
  }
}

/**
 * The common settings of TLS connections: versions, trust, the certificate. Its owner closes it; engines that were made
 * from it continue to work.
 *
 * @see SSL_CTX_new https://docs.openssl.org/3.0/man3/SSL_CTX_new/
 */
export class TlsContext implements Disposable {
  readonly #shared: Owned<SharedTls>;

  /**
   * @param certificateName what errors call the option `certificate`
   * @throws TypeError or RangeError naming the option that is wrong; TlsError for a certificate that cannot be used;
   *   TlsUnavailableError if this program has no OpenSSL
   */
  constructor(options: TlsOptions, certificateName = "certificate") {
    checkTlsOptions(options, certificateName);
    this.#shared = new Owned("a TLS context", new SharedTls(options, certificateName), (shared) => shared.letGo());
  }

  get options(): TlsOptions {
    return this.shared.options;
  }

  /** @throws DisposedError after close */
  get shared(): SharedTls {
    return this.#shared.value;
  }

  /** The context's own certificate, in DER; undefined if it has none. @throws DisposedError after close */
  get certificate(): Buffer | undefined {
    return this.shared.certificate;
  }

  close(): void {
    this.#shared.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Disables renegotiation, resumption and early data: a peer proves its identity in this handshake, not in an earlier
 * one.
 */
const refused = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION;

function configure(openssl: OpenSsl, context: Address, options: TlsOptions): void {
  openssl.ERR_clear_error();
  openssl.SSL_CTX_set_options(context, refused);
  openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, 0);
  openssl.SSL_CTX_set_num_tickets(context, 0);
  openssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN, 0);
  chooseCiphers(openssl, context, options);
  const certificates = options.side === "server" ? options.clientCertificates : "require";
  if (certificates === undefined) return;
  trust(openssl, context, options);
  // A client's engine checks the chain itself, so that chain and name are decided in one place.
  const mode = options.side === "client" ? SSL_VERIFY_NONE : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  if (certificates === "require") openssl.SSL_CTX_set_verify(context, mode, 0);
}

/**
 * Sets the cipher suites. OpenSSL keeps those of TLS 1.3 apart; Node has all in one list. As in Node, a version without
 * a suite in the list is disabled: OpenSSL would use its own suites for it.
 */
function chooseCiphers(openssl: OpenSsl, context: Address, { ciphers = tls.DEFAULT_CIPHERS, protocols }: TlsOptions) {
  const suites = ciphers.split(":");
  const of13 = suites.filter((suite) => suite.startsWith("TLS_")).join(":");
  const of12 = suites.filter((suite) => !suite.startsWith("TLS_")).join(":");
  let [lowest, highest] = versionRange(protocols);
  if (of12 === "") lowest = "tls1.3";
  if (of13 === "") highest = "tls1.2";
  if (lowest > highest) throw new RangeError("ciphers: expected suites of a version that is spoken");
  openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, numbers[lowest], 0);
  openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, numbers[highest], 0);
  withArena(ciphers.length + 64, (arena) => {
    const text = (value: string): number => arena.write(Buffer.from(`${value}\0`)).address;
    const chosen13 = of13 === "" || openssl.SSL_CTX_set_ciphersuites(context, text(of13)) === 1;
    const chosen12 = of12 === "" || openssl.SSL_CTX_set_cipher_list(context, text(of12)) === 1;
    if (!chosen13 || !chosen12) throw failureOf("ciphers");
  });
}

function trust(openssl: OpenSsl, context: Address, { ca, side }: TlsOptions): void {
  if (ca === undefined) {
    openssl.SSL_CTX_set1_cert_store(context, rootsOfNode());
    return;
  }
  const all = pemsOf(ca);
  const store = storeOf(all, "ca");
  openssl.SSL_CTX_set1_cert_store(context, store);
  openssl.X509_STORE_free(store);
  // Clients choose their certificate by the issuers that a server names.
  if (side === "server")
    for (const pem of all) eachCertificate(pem, "ca", (one) => openssl.SSL_CTX_add_client_CA(context, one));
}
