import type { X509Certificate } from "node:crypto";
import { acquiredOf, type Credential, isSchannel } from "../credentials/index.ts";
import type { Agreement } from "./agreement.ts";
import { SecureStreamError } from "./stream-error.ts";

/**
 * Checks the certificate of a server that was reached as `target`. Like `tls.checkServerIdentity`, it returns an error
 * that says what is wrong, or throws it.
 */
export type ServerIdentityCheck = (target: string, certificate: X509Certificate) => Error | undefined;

/**
 * Selects the check of a stream: the caller's, or else for TLS that the certificate is for the target. Windows makes
 * the latter check itself, Wine never does. Without a caller's check there is none if the credential says that
 * validation is manual.
 *
 * @throws TypeError if there is a check to make, and no name to check.
 */
export function serverCheck(
  credential: Credential,
  target: string | undefined,
  check: ServerIdentityCheck | undefined,
): ServerIdentityCheck | undefined {
  if (check !== undefined && typeof check !== "function")
    throw new TypeError(`checkServerIdentity: expected a function, got ${typeof check}`);
  const { manualValidation, package: of } = acquiredOf(credential);
  const byName = isSchannel(of.name) && !manualValidation;
  const chosen = check ?? (byName ? checkName : undefined);
  if (chosen && target === undefined)
    throw new TypeError("target: expected the server's name, which its certificate is checked for, got undefined");
  return chosen;
}

/** @throws SecureStreamError `SSPI_SERVER_IDENTITY`, or the error that `check` returns. */
export function refuseWrongServer(
  target: string | undefined,
  agreement: Pick<Agreement, "certificate">,
  check: ServerIdentityCheck | undefined,
): void {
  if (!check) return;
  const { certificate } = agreement;
  if (!certificate) throw wrongServer("the server has shown no certificate");
  const wrong = check(target as string, certificate);
  if (wrong instanceof Error) throw wrong;
  if (wrong === undefined) return;
  // Already refused: swallow a later rejection, or it would be reported as unhandled.
  Promise.resolve(wrong).catch(() => {});
  throw new TypeError(`checkServerIdentity: expected an Error or nothing in answer, got ${typeof wrong}`);
}

/** The check of Node's own TLS: the name or address must be one of the certificate's. */
export const checkName: ServerIdentityCheck = (target, certificate) => {
  // Load these modules only here: few callers need them, and an import would load them for all.
  const { isIP } = process.getBuiltinModule("node:net");
  const { checkServerIdentity } = process.getBuiltinModule("node:tls");
  // Node 22.23 treats an IPv6 address as a name there.
  const byAddress = isIP(target) !== 0 && certificate.checkIP(target) !== undefined;
  const cause = byAddress ? undefined : checkServerIdentity(target, certificate.toLegacyObject());
  if (cause === undefined) return undefined;
  const names = [certificate.subject?.replaceAll("\n", ", "), certificate.subjectAltName].filter(Boolean).join("; ");
  return wrongServer(`the server's certificate is for ${names || "nobody"}, not for ${target}`, cause);
};

function wrongServer(message: string, cause?: Error): SecureStreamError {
  return new SecureStreamError("SSPI_SERVER_IDENTITY", message, cause && { cause });
}
