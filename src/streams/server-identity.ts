import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { ClientContext } from "../contexts/index.ts";
import { SspiError } from "../status/index.ts";
import { isTls } from "./stream-context.ts";
import { SecureStreamError } from "./stream-error.ts";

/**
 * Judges the certificate of a server that was reached as `target`; as `tls.checkServerIdentity`, it returns what is
 * wrong with it, or throws that.
 */
export type ServerIdentityCheck = (target: string, certificate: X509Certificate) => Error | undefined;

/** The peer's certificate; undefined where it has shown none, or the package has no such thing. */
export function peerCertificate(context: Pick<ClientContext, "query">): X509Certificate | undefined {
  try {
    const certificate = context.query("remoteCertificate");
    return certificate && certificate.length > 0 ? new X509Certificate(certificate) : undefined;
  } catch (error) {
    if (error instanceof SspiError) return undefined;
    throw error;
  }
}

/**
 * Refuses a server of TLS whose certificate is for somebody else. Windows does so itself unless the credential says
 * that validation is manual; Wine never does.
 *
 * @throws SecureStreamError `SSPI_SERVER_IDENTITY`, or what `check` says.
 */
export function refuseWrongServer(context: ClientContext, check: ServerIdentityCheck | undefined): void {
  const { target } = context;
  if (!check && !isTls(context.package)) return;
  const certificate = peerCertificate(context);
  if (!certificate || target === undefined) throw wrongServer("the server has shown no certificate");
  const wrong = (check ?? checkName)(target, certificate);
  if (wrong) throw wrong;
}

/** A client of TLS has to know who is to answer. @throws TypeError */
export function checkServerName(packageName: string, target: string | undefined, check: unknown): void {
  if (check !== undefined && typeof check !== "function")
    throw new TypeError(`checkServerIdentity: expected a function, got ${typeof check}`);
  if (target === undefined && (check !== undefined || isTls(packageName)))
    throw new TypeError("target: expected the server's name, which its certificate is checked for, got undefined");
}

const checkName: ServerIdentityCheck = (target, certificate) => {
  const matches = isIP(target) === 0 ? certificate.checkHost(target) : certificate.checkIP(target);
  if (matches !== undefined) return undefined;
  const names = [certificate.subject?.replaceAll("\n", ", "), certificate.subjectAltName].filter(Boolean).join("; ");
  return wrongServer(`the server's certificate is for ${names || "nobody"}, not for ${target}`);
};

function wrongServer(message: string): SecureStreamError {
  return new SecureStreamError("SSPI_SERVER_IDENTITY", message);
}
