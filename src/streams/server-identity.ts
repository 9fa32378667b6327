import type { X509Certificate } from "node:crypto";
import { acquiredOf, type Credential, isSchannel } from "../credentials/index.ts";
import type { Agreement } from "./agreement.ts";
import { SecureStreamError } from "./stream-error.ts";

/**
 * Judges the certificate of a server that was reached as `target`; as `tls.checkServerIdentity`, it returns what is
 * wrong with it, or throws that.
 */
export type ServerIdentityCheck = (target: string, certificate: X509Certificate) => Error | undefined;

/**
 * Which check a stream makes: the caller's, or else of TLS that the certificate is for the target. Windows does the
 * latter itself, Wine never does; neither where the credential says that validation is manual.
 *
 * @throws TypeError where there is a check to make, and no name to make it with.
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

/** @throws SecureStreamError `SSPI_SERVER_IDENTITY`, or what `check` says is wrong. */
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
  // It is refused here; that it may fail later is nobody's news any more.
  Promise.resolve(wrong).catch(() => {});
  throw new TypeError(`checkServerIdentity: expected an Error or nothing in answer, got ${typeof wrong}`);
}

/** The check of Node's own TLS: the name or address is one of the certificate's. */
export const checkName: ServerIdentityCheck = (target, certificate) => {
  // Whoever imports the package pays for them otherwise, and few need them.
  const { isIP } = process.getBuiltinModule("node:net");
  const { checkServerIdentity } = process.getBuiltinModule("node:tls");
  // Node 22.23 takes an address of IPv6 for a name there.
  const byAddress = isIP(target) !== 0 && certificate.checkIP(target) !== undefined;
  const cause = byAddress ? undefined : checkServerIdentity(target, certificate.toLegacyObject());
  if (cause === undefined) return undefined;
  const names = [certificate.subject?.replaceAll("\n", ", "), certificate.subjectAltName].filter(Boolean).join("; ");
  return wrongServer(`the server's certificate is for ${names || "nobody"}, not for ${target}`, cause);
};

function wrongServer(message: string, cause?: Error): SecureStreamError {
  return new SecureStreamError("SSPI_SERVER_IDENTITY", message, cause && { cause });
}
