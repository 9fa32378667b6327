import {
  SSL_AD_BAD_CERTIFICATE,
  SSL_AD_CERTIFICATE_EXPIRED,
  SSL_AD_CERTIFICATE_REVOKED,
  SSL_AD_UNKNOWN_CA,
  X509_V_ERR_CERT_HAS_EXPIRED,
  X509_V_ERR_CERT_NOT_YET_VALID,
  X509_V_ERR_CERT_REVOKED,
  X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
  X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
  X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
  X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
  X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
} from "../../generated/openssl/constants.ts";
import { TlsError } from "./tls-error.ts";
import type { TlsPeer } from "./tls-peer.ts";

/** The alerts that OpenSSL itself sends for these errors. */
const alerts: ReadonlyMap<number | undefined, number> = new Map([
  [X509_V_ERR_CERT_HAS_EXPIRED, SSL_AD_CERTIFICATE_EXPIRED],
  [X509_V_ERR_CERT_NOT_YET_VALID, SSL_AD_BAD_CERTIFICATE],
  [X509_V_ERR_CERT_REVOKED, SSL_AD_CERTIFICATE_REVOKED],
  [X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, SSL_AD_UNKNOWN_CA],
  [X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, SSL_AD_UNKNOWN_CA],
  [X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, SSL_AD_UNKNOWN_CA],
  [X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, SSL_AD_UNKNOWN_CA],
  [X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, SSL_AD_UNKNOWN_CA],
]);

/** The reason why a client refuses this server; undefined if it trusts the server. */
export function refusalOf({ certificates, chainError, nameError }: TlsPeer): TlsError | undefined {
  if (certificates.length === 0)
    return new TlsError(
      "the server showed no certificate",
      { failure: "untrusted" },
      fatalAlert(SSL_AD_BAD_CERTIFICATE),
    );
  const error = chainError ?? nameError;
  if (!error) return undefined;
  const { failure, reason, cause } = error;
  const alert = fatalAlert(alerts.get(chainError?.reason) ?? SSL_AD_BAD_CERTIFICATE);
  return new TlsError(error.message, { failure, ...(reason === undefined ? {} : { reason }), cause }, alert);
}

/**
 * An alert in plain text, which a server accepts until a client's first encrypted record (RFC 8446, 5.1 and 6). It
 * replaces what OpenSSL had ready to send, which must not be sent.
 */
function fatalAlert(description: number): Buffer {
  return Buffer.of(21, 3, 3, 0, 2, 2, description);
}
