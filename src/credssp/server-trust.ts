import { X509Certificate } from "node:crypto";
import { checkText } from "../values/index.ts";
import { CredsspError } from "./credssp-error.ts";
import type { Target, TargetPatterns } from "./target-patterns.ts";

/**
 * A certificate's SHA-256 as hexadecimal digits, with or without colons between them; or a function that judges its
 * bytes.
 */
export type CertificatePin = string | ((certificate: Buffer) => boolean);

export interface ServerTrust {
  /** The targets where NTLM may be used although the certificate is not trusted. */
  readonly allowNtlmTo: TargetPatterns;
  readonly pin: ((certificate: Buffer) => boolean) | undefined;
}

/** A server's certificate, and what node:tls finds wrong with its chain or name. */
export interface ShownServer {
  readonly certificate: Buffer;
  readonly problem: string | undefined;
}

/**
 * With mutual authentication these packages prove that the key is the server's; Negotiate does so if it chooses
 * Kerberos.
 */
export const provingPackages = /^(kerberos|negotiate)$/i;

/**
 * Whether only Kerberos may log on to this server. Remote desktop hosts have self-made certificates. Kerberos with
 * mutual authentication proves the server's key nevertheless; NTLM would give a man in the middle enough to act as the
 * user.
 *
 * @throws CredsspError before any leg, if the client must not talk to the server
 */
export function needsKerberos(
  { allowNtlmTo, pin }: ServerTrust,
  { certificate, problem }: ShownServer,
  target: Target | undefined,
  innerPackage: string,
): boolean {
  if (pin) {
    if (pin(certificate)) return false;
    throw new CredsspError("SEC_E_CERT_UNKNOWN", "the server's certificate is not the one that `certificate` says");
  }
  if (problem === undefined || allowNtlmTo.includes(target)) return false;
  if (provingPackages.test(innerPackage)) return true;
  throw ntlmOnly(`the server's certificate is not trusted (${problem}), and ${innerPackage} does not prove its key`);
}

/** Makes the error with the name of the Windows policy for this case. */
export function ntlmOnly(why: string, cause?: unknown): CredsspError {
  return new CredsspError(
    "SEC_E_POLICY_NLTM_ONLY",
    `${why}; use Kerberos, name the certificate, or name the target in allowNtlmTo`,
    { cause },
  );
}

/** @throws TypeError or RangeError naming `certificate` */
export function readPin(pin: CertificatePin | undefined): ServerTrust["pin"] {
  if (pin === undefined) return undefined;
  if (typeof pin === "function")
    return (certificate) => {
      const answer: unknown = pin(Buffer.from(certificate));
      if (typeof answer === "boolean") return answer;
      // Refuse a promise, because it would count as true.
      throw new TypeError(`certificate: expected true or false in answer, got ${typeof answer}`);
    };
  const digits = checkText(pin, "certificate").replaceAll(":", "").toUpperCase();
  if (!/^[\dA-F]{64}$/.test(digits))
    throw new RangeError("certificate: expected a SHA-256 of 64 hexadecimal digits, or a function");
  return (certificate) => new X509Certificate(certificate).fingerprint256.replaceAll(":", "") === digits;
}
