import tls from "node:tls";
import {
  checkArray,
  checkBytes,
  checkKey,
  checkName,
  checkSecret,
  checkText,
  isArray,
  isPlain,
  type Secret,
  shapeOf,
} from "../values/index.ts";

export type TlsVersion = "tls1.2" | "tls1.3";

/** PEM as text or bytes. */
export type Pem = string | Uint8Array;

/** A certificate, its private key, and its issuers' certificates after it in `cert`; or all of them in a PFX. */
export type TlsCertificate =
  | {
      /** The certificate, followed by its issuers' certificates. */
      readonly cert: Pem;
      /** Its private key. */
      readonly key: Pem;
      /** The passphrase of the private key or of the PFX. */
      readonly passphrase?: Secret;
    }
  | {
      /** The certificate, its key and its issuers in one file (PKCS #12). */
      readonly pfx: Uint8Array;
      readonly passphrase?: Secret;
    };

/** A certificate and its key in PEM. */
export type PemCertificate = Extract<TlsCertificate, { readonly cert: Pem }>;

interface SharedOptions {
  /** The allowed versions; by default Node's own limits (`--tls-min-v1.3` …). */
  readonly protocols?: readonly TlsVersion[];
  /** Trusted roots, in place of those that Node trusts. */
  readonly ca?: Pem | readonly Pem[];
  readonly certificate?: TlsCertificate;
  /** Application protocols (ALPN), best first. A server refuses a client that offers none of them. */
  readonly alpn?: readonly string[];
  /** Cipher suites in OpenSSL's notation; by default Node's own choice. */
  readonly ciphers?: string;
  /** Whether `TlsEngine.messages` returns the handshake messages that come after the handshake. */
  readonly showMessages?: boolean;
}

export interface TlsClientOptions extends SharedOptions {
  readonly side: "client";
  /**
   * `refuse` (the default): no data goes to, or comes from, a server whose chain or name is wrong. `report`: the
   * handshake completes, and the caller must check `TlsEngine.peer`.
   */
  readonly verify?: "refuse" | "report";
}

export interface TlsServerOptions extends SharedOptions {
  readonly side: "server";
  readonly certificate: TlsCertificate;
  /**
   * `request`: a client may send a certificate, and `TlsEngine.peer` says whether it is trusted. `require`: a client
   * that sends none, or whose chain is not trusted, is refused.
   */
  readonly clientCertificates?: "request" | "require";
}

export type TlsOptions = TlsClientOptions | TlsServerOptions;

export const tlsVersions: readonly TlsVersion[] = ["tls1.2", "tls1.3"];

const known: Readonly<Record<keyof TlsClientOptions | keyof TlsServerOptions, true>> = {
  side: true,
  protocols: true,
  ca: true,
  certificate: true,
  alpn: true,
  ciphers: true,
  showMessages: true,
  verify: true,
  clientCertificates: true,
};

/** @throws TypeError or RangeError naming the option that is wrong */
export function checkTlsOptions(options: TlsOptions, certificateName: string): void {
  for (const name of Object.keys(options)) checkKey(name, "options", known);
  const { side, certificate, alpn } = options;
  checkName(side, "side", ["client", "server"]);
  checkTlsChoices(options);
  if (alpn !== undefined) checkList(alpn, "alpn").forEach(checkProtocolName);
  if (options.side === "client" && options.verify !== undefined)
    checkName(options.verify, "verify", ["refuse", "report"]);
  if (options.side === "server" && options.clientCertificates !== undefined)
    checkName(options.clientCertificates, "clientCertificates", ["request", "require"]);
  if (certificate !== undefined) checkCertificate(certificate, certificateName);
  else if (side === "server")
    throw new TypeError(`${certificateName}: expected the server's certificate, got undefined`);
}

/**
 * Checks versions, ciphers and trusted roots. Every given option must have a value: only undefined means that it is
 * omitted.
 *
 * @throws TypeError, RangeError
 */
export function checkTlsChoices({ protocols, ciphers, ca }: Pick<SharedOptions, "protocols" | "ciphers" | "ca">): void {
  if (protocols !== undefined)
    for (const version of checkList(protocols, "protocols")) checkName(version, "protocols", tlsVersions);
  if (ciphers !== undefined) checkText(ciphers, "ciphers", { empty: false });
  if (ca === undefined) return;
  for (const pem of pemsOf(ca))
    if (pemBytes(pem, "ca").length === 0) throw new RangeError("ca: expected certificates in PEM, got nothing");
}

/** The trusted roots of an option, which is one PEM or an array of them. */
export function pemsOf(ca: Pem | readonly Pem[]): readonly Pem[] {
  return isArray(ca) ? checkArray<Pem>(ca, "ca") : [ca as Pem];
}

function checkList<T>(list: readonly T[], argument: string): readonly T[] {
  const names = checkArray<T>(list, argument, "an array of names");
  if (names.length === 0) throw new RangeError(`${argument}: expected at least one name, got none`);
  return names;
}

function checkProtocolName(name: string): void {
  const { length } = Buffer.from(checkText(name, "alpn", { empty: false }));
  if (length > 255) throw new RangeError(`alpn: expected names of at most 255 bytes, got one of ${length}`);
}

const certificateParts = { cert: true, key: true, pfx: true, passphrase: true } as const;

/**
 * Checks a certificate's parts. The error does not show the value: a caller may pass a file's content, with a private
 * key, in place of the object.
 */
function checkCertificate(certificate: TlsCertificate, argument: string): void {
  if (!isPlain(certificate))
    throw new TypeError(`${argument}: expected { cert, key } or { pfx }, got ${shapeOf(certificate)}`);
  for (const name of Object.keys(certificate)) checkKey(name, argument, certificateParts);
  if (certificate.passphrase !== undefined) checkSecret(certificate.passphrase, `${argument}.passphrase`);
  if ("pfx" in certificate) checkBytes(certificate.pfx, `${argument}.pfx`);
  else {
    pemBytes(certificate.cert, `${argument}.cert`);
    if (typeof certificate.key !== "string") checkBytes(certificate.key, `${argument}.key`);
  }
}

/** The bytes of a PEM text that is not secret. */
export function pemBytes(pem: Pem, argument: string): Buffer {
  return typeof pem === "string" ? Buffer.from(pem) : Buffer.from(checkBytes(pem, argument));
}

const nodeVersions: Readonly<Record<string, TlsVersion>> = { "TLSv1.2": "tls1.2", "TLSv1.3": "tls1.3" };

/** The lowest and the highest allowed version. @throws RangeError if Node's own limits allow none */
export function versionRange(protocols: readonly TlsVersion[] | undefined): readonly [TlsVersion, TlsVersion] {
  if (protocols) {
    const [lowest, highest] = tlsVersions.filter((version) => protocols.includes(version));
    return [lowest as TlsVersion, highest ?? (lowest as TlsVersion)];
  }
  // Node may allow older versions; this engine does not support them.
  const lowest = nodeVersions[tls.DEFAULT_MIN_VERSION] ?? "tls1.2";
  const highest = nodeVersions[tls.DEFAULT_MAX_VERSION];
  if (highest === undefined || lowest > highest)
    throw new RangeError(
      `protocols: Node's own limits (${tls.DEFAULT_MIN_VERSION} to ${tls.DEFAULT_MAX_VERSION}) leave none`,
    );
  return [lowest, highest];
}
