import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import { X509_V_OK } from "../../generated/openssl/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { readAnsiString } from "../native/index.ts";
import { entries, readDer } from "./native-certificate.ts";
import { isNull, type OpenSsl, openSsl } from "./openssl.ts";
import { TlsError } from "./tls-error.ts";

/** The identity of the other side of a connection, according to its certificates. */
export interface TlsPeer {
  /** The certificates that the peer sent, its own first; empty if it sent none. */
  readonly certificates: readonly X509Certificate[];
  /** Whether the chain ends at a trusted root and, for a client that names its server, the name matches. */
  readonly trusted: boolean;
  /** The error of the chain; its reason is `X509_V_*`. */
  readonly chainError: TlsError | undefined;
  /** The error of the name; `cause` is the error of `tls.checkServerIdentity`. */
  readonly nameError: TlsError | undefined;
}

/** Checks the peer's certificates as node:tls does. Undefined if the peer has not sent any yet. */
export function readPeer(ssl: Address, side: "client" | "server", servername: string | undefined): TlsPeer | undefined {
  const openssl = openSsl();
  const certificates = readCertificates(openssl, ssl, side);
  const [own] = certificates;
  if (!own) return undefined;
  const chainError = readChainError(openssl, ssl);
  const nameError = servername === undefined ? undefined : checkName(servername, own);
  return { certificates, trusted: !chainError && !nameError, chainError, nameError };
}

/** Reads the peer's certificates. OpenSSL's chain contains a server's own certificate, but not a client's own. */
function readCertificates(openssl: OpenSsl, ssl: Address, side: "client" | "server"): X509Certificate[] {
  const own = openssl.SSL_get1_peer_certificate(ssl);
  if (isNull(own)) return [];
  try {
    const chain = entries(openssl, openssl.SSL_get_peer_cert_chain(ssl));
    const all = side === "client" && chain.length > 0 ? chain : [own, ...chain];
    return all.map((one) => new X509Certificate(readDer(openssl, one)));
  } finally {
    openssl.X509_free(own);
  }
}

function readChainError(openssl: OpenSsl, ssl: Address): TlsError | undefined {
  const result = Number(openssl.SSL_get_verify_result(ssl));
  if (result === X509_V_OK) return undefined;
  const words = readAnsiString(BigInt(openssl.X509_verify_cert_error_string(result)));
  return new TlsError(`the peer's certificate is not trusted: ${words}`, { failure: "untrusted", reason: result });
}

function checkName(servername: string, certificate: X509Certificate): TlsError | undefined {
  const cause = tls.checkServerIdentity(servername, certificate.toLegacyObject());
  return cause && new TlsError(`the server is not "${servername}": ${cause.message}`, { failure: "name", cause });
}
