import type { ContextAttributes } from "../../generated/attributes.ts";
import {
  X509_V_ERR_CERT_HAS_EXPIRED,
  X509_V_ERR_CERT_NOT_YET_VALID,
  X509_V_ERR_CERT_REVOKED,
  X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
  X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
} from "../../generated/openssl/constants.ts";
import {
  CERT_TRUST_IS_NOT_TIME_VALID,
  CERT_TRUST_IS_PARTIAL_CHAIN,
  CERT_TRUST_IS_REVOKED,
  CERT_TRUST_IS_UNTRUSTED_ROOT,
} from "../../generated/wincrypt/constants.ts";
import { PeerNameError } from "../contexts/index.ts";
import { packages } from "../credentials/index.ts";
import { type AttributeAnswers, PackageError, type Session } from "../packages/author/index.ts";
import type { CredsspConnection } from "./credssp-connection.ts";
import { CredsspError } from "./credssp-error.ts";

/** Returns the messages and attributes of a complete connection. */
export function sessionOf(connection: CredsspConnection): Session {
  return {
    query: attributesOf(connection),
    sealRecord: (message) => connection.seal(message),
    openRecord: (bytes) => connection.open(bytes),
    // A token would belong to the process of the inner logon, which may not be allowed to give it away.
    token: () => {
      throw new CredsspError("SEC_E_UNSUPPORTED_FUNCTION", "this package has no access tokens");
    },
  };
}

function attributesOf(connection: CredsspConnection): AttributeAnswers<ContextAttributes> {
  const shared: AttributeAnswers<ContextAttributes> = {
    streamSizes: () => connection.tls.streamSizes,
    connectionInfo: () => connection.tls.connectionInfo,
    negotiationPackage: () => ({ PackageInfo: innerPackageInfo(connection) }),
    names: () => ({ sUserName: nameOf(connection) }),
  };
  if (connection.side === "server") return { ...shared, clientCredentials: () => clientCredentials(connection) };
  return {
    ...shared,
    remoteCertificate: () => connection.tls.remoteCertificate,
    certTrustStatus: () => certTrustStatus(connection),
  };
}

/** The account that logged on, whatever was delegated; on a client, its own account as its package reports it. */
function nameOf({ side, inner }: CredsspConnection): string {
  if (!inner) throw new PackageError("SEC_E_INVALID_HANDLE");
  if (side === "client") return inner.context.query("names").sUserName;
  try {
    return inner.peer.name;
  } catch (error) {
    if (!(error instanceof PeerNameError)) throw error;
    throw new CredsspError("SEC_E_UNSUPPORTED_FUNCTION", error.message, { cause: error });
  }
}

function innerPackageInfo({ inner }: CredsspConnection) {
  if (!inner) throw new PackageError("SEC_E_INVALID_HANDLE");
  const name = inner.mechanism;
  const known = packages(inner.context.provider).find((one) => one.name.toLowerCase() === name.toLowerCase());
  return {
    fCapabilities: 0,
    wVersion: known?.version ?? 1,
    wRPCID: known?.rpcId ?? 0xffff,
    cbMaxToken: known?.maxToken ?? 0,
    Name: name,
    Comment: known?.comment ?? "",
  };
}

/** The credentials that the client has delegated. They may name another account than the one that logged on. */
function clientCredentials({ claim }: CredsspConnection): ContextAttributes["clientCredentials"] {
  if (!claim) throw new PackageError("SEC_E_NO_CREDENTIALS");
  return { AuthBufferLen: claim.length, AuthBuffer: claim };
}

const trustErrors: ReadonlyMap<number | undefined, number> = new Map([
  [X509_V_ERR_CERT_HAS_EXPIRED, CERT_TRUST_IS_NOT_TIME_VALID],
  [X509_V_ERR_CERT_NOT_YET_VALID, CERT_TRUST_IS_NOT_TIME_VALID],
  [X509_V_ERR_CERT_REVOKED, CERT_TRUST_IS_REVOKED],
  [X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CERT_TRUST_IS_UNTRUSTED_ROOT],
  [X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CERT_TRUST_IS_UNTRUSTED_ROOT],
]);

/** Returns what is wrong with the server's chain; this struct has no field for a wrong name. */
function certTrustStatus({ tls }: CredsspConnection): ContextAttributes["certTrustStatus"] {
  const { chainError } = tls.engine.peer;
  const dwErrorStatus = chainError ? (trustErrors.get(chainError.reason) ?? CERT_TRUST_IS_PARTIAL_CHAIN) : 0;
  return { dwErrorStatus, dwInfoStatus: 0 };
}
