import {
  SSL_AD_BAD_CERTIFICATE,
  SSL_AD_CERTIFICATE_EXPIRED,
  SSL_AD_UNKNOWN_CA,
  SSL_R_NO_APPLICATION_PROTOCOL,
  SSL_R_NO_PROTOCOLS_AVAILABLE,
  SSL_R_NO_SHARED_CIPHER,
  SSL_R_UNSUPPORTED_PROTOCOL,
  X509_V_ERR_CERT_HAS_EXPIRED,
  X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
  X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
  X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
  X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
} from "../../../generated/openssl/constants.ts";
import { TlsError } from "../../tls/index.ts";
import { PackageError, type PackageStatus } from "../author/index.ts";

type Reasons = ReadonlyMap<number | undefined, PackageStatus>;

const untrusted: Reasons = new Map<number, PackageStatus>([
  [X509_V_ERR_CERT_HAS_EXPIRED, "SEC_E_CERT_EXPIRED"],
  [X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "SEC_E_UNTRUSTED_ROOT"],
  [X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "SEC_E_UNTRUSTED_ROOT"],
  [X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "SEC_E_UNTRUSTED_ROOT"],
  [X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "SEC_E_UNTRUSTED_ROOT"],
]);
const alerts: Reasons = new Map<number, PackageStatus>([
  [SSL_AD_BAD_CERTIFICATE, "SEC_E_CERT_UNKNOWN"],
  [SSL_AD_CERTIFICATE_EXPIRED, "SEC_E_CERT_EXPIRED"],
  [SSL_AD_UNKNOWN_CA, "SEC_E_UNTRUSTED_ROOT"],
]);
const handshakes: Reasons = new Map<number, PackageStatus>([
  [SSL_R_NO_APPLICATION_PROTOCOL, "SEC_E_APPLICATION_PROTOCOL_MISMATCH"],
  [SSL_R_NO_PROTOCOLS_AVAILABLE, "SEC_E_ALGORITHM_MISMATCH"],
  [SSL_R_NO_SHARED_CIPHER, "SEC_E_ALGORITHM_MISMATCH"],
  [SSL_R_UNSUPPORTED_PROTOCOL, "SEC_E_UNSUPPORTED_FUNCTION"],
]);

/** Runs a step of TLS; a failure is thrown as Schannel's status for it, with the alert for the peer. */
export function asSchannel<T>(phase: "handshake" | "record", work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw new PackageError(statusOf(error, phase), { token: error.farewell, message: error.message });
  }
}

/** The Schannel status for a failure of TLS, such as an untrusted certificate. */
export function statusOf({ failure, reason }: TlsError, phase: "handshake" | "record"): PackageStatus {
  if (failure === "name") return "SEC_E_WRONG_PRINCIPAL";
  if (failure === "untrusted") return untrusted.get(reason) ?? "SEC_E_CERT_UNKNOWN";
  if (failure === "alert") return alerts.get(reason) ?? "SEC_E_ILLEGAL_MESSAGE";
  return phase === "record" ? "SEC_E_DECRYPT_FAILURE" : (handshakes.get(reason) ?? "SEC_E_ILLEGAL_MESSAGE");
}
