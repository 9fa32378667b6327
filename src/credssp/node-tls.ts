import { constants, type X509Certificate } from "node:crypto";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls, { type SecureContextOptions, type Server, type TLSSocket } from "node:tls";
import { copyOfSecret } from "../memory/index.ts";
import { SecureStreamError } from "../streams/index.ts";
import type { Pem, TlsCertificate, TlsVersion } from "../tls/index.ts";
import { versionRange } from "../tls/tls-options.ts";
import { CredsspError } from "./credssp-error.ts";
import type { CredsspTlsOptions, CredsspTrustOptions } from "./credssp-options.ts";
import { openedKey } from "./private-key.ts";
import { subjectPublicKey } from "./public-key-binding.ts";
import { keyOf } from "./server-certificate.ts";
import type { ShownServer } from "./server-trust.ts";

const names: Readonly<Record<TlsVersion, "TLSv1.2" | "TLSv1.3">> = { "tls1.2": "TLSv1.2", "tls1.3": "TLSv1.3" };

/** No tickets, no renegotiation: a peer has to prove its identity in this handshake. */
const refused = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;
/** Node's own limit for servers would end the handshake before the caller's limit. */
const longestTime = 0x7fff_ffff;

/** Opens TLS as a client: it completes with any server, and the caller then checks the server. */
export async function secureClient(
  transport: Duplex,
  host: string,
  { ca, ...options }: CredsspTlsOptions & Pick<CredsspTrustOptions, "ca">,
): Promise<TLSSocket> {
  const socket = tls.connect({
    socket: transport,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false,
    ...contextOptions(options),
    ...(ca !== undefined && { ca: bytesOf(ca) }),
  });
  socket.on("error", ignore);
  try {
    await Promise.race([once(socket, "secureConnect"), brokenOff(transport)]);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.off("error", ignore);
  return socket;
}

/** Makes the server object for TLS. @throws RangeError naming `certificate` */
export function tlsServer(certificate: TlsCertificate, options: CredsspTlsOptions): Server {
  const { secrets, ...material } = materialOf(certificate);
  try {
    return tls.createServer({ ...material, ...contextOptions(options), handshakeTimeout: longestTime });
  } catch (cause) {
    const { reason, message } = cause as NodeJS.ErrnoException & { readonly reason?: string };
    throw new RangeError(`certificate: it cannot be used: ${reason ?? message}`, { cause });
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}

/** Converts a certificate for node:tls, and lists the bytes to zero after node:tls has read it. */
function materialOf(certificate: TlsCertificate): SecureContextOptions & { readonly secrets: readonly Buffer[] } {
  if (!("pfx" in certificate)) {
    keyOf(certificate.cert, "certificate.cert");
    const key = Buffer.from(openedKey(certificate, "certificate").buffer);
    return { cert: bytesOf(certificate.cert), key, secrets: [key] };
  }
  const { passphrase } = certificate;
  const pfx = Buffer.from(copyOfSecret(certificate.pfx).buffer);
  if (typeof passphrase !== "object") return { pfx, ...(passphrase !== undefined && { passphrase }), secrets: [pfx] };
  const bytes = Buffer.from(copyOfSecret(passphrase).buffer);
  // node:tls declares text only; for a PFX it also takes bytes, and makes no string of them.
  return { pfx, passphrase: bytes as unknown as string, secrets: [pfx, bytes] };
}

/** @throws RangeError naming the option, which node:tls would otherwise refuse only when the transport is in use */
export function checkCiphers(ciphers: string | undefined): void {
  if (ciphers === undefined) return;
  try {
    tls.createSecureContext({ ciphers, ca: [] });
  } catch (cause) {
    throw new RangeError(`ciphers: expected suites that OpenSSL knows: ${(cause as Error).message}`, { cause });
  }
}

/** Opens TLS as a server. */
export async function secureServer(transport: Duplex, server: Server): Promise<TLSSocket> {
  const secure = new Promise<TLSSocket>((resolve, reject) => {
    server.once("secureConnection", resolve);
    server.once("tlsClientError", (error, socket) => {
      socket.destroy();
      reject(error);
    });
  });
  // The server does not listen: node:tls accepts any Duplex through this event.
  server.emit("connection", transport);
  return await Promise.race([secure, brokenOff(transport)]);
}

/** The SubjectPublicKey of the server's own certificate. Not every runtime gives a server its own certificate. */
export function ownKey(socket: TLSSocket, certificate: TlsCertificate): Buffer {
  if ("cert" in certificate) return keyOf(certificate.cert, "certificate.cert");
  const own = socket.getX509Certificate?.();
  if (!own) throw new CredsspError("SEC_E_UNSUPPORTED_FUNCTION", "this runtime does not tell the certificate of a PFX");
  return subjectPublicKey(own.publicKey);
}

/**
 * Returns the server's certificate and what node:tls finds wrong with it. Call it once: Node 20 returns the certificate
 * to a client only once.
 */
export function shownBy(socket: TLSSocket): ShownServer & { readonly x509: X509Certificate } {
  const x509 = socket.getPeerX509Certificate();
  if (!x509) throw new CredsspError("SEC_E_CERT_UNKNOWN", "the server has shown no certificate");
  const { authorized, authorizationError } = socket;
  const reason = authorizationError instanceof Error ? authorizationError.message : String(authorizationError);
  return { certificate: x509.raw, problem: authorized ? undefined : reason, x509 };
}

export function protocolOf(socket: TLSSocket): TlsVersion {
  return socket.getProtocol() === "TLSv1.3" ? "tls1.3" : "tls1.2";
}

function contextOptions({ protocols, ciphers }: CredsspTlsOptions): SecureContextOptions {
  const [lowest, highest] = versionRange(protocols);
  return {
    minVersion: names[lowest],
    maxVersion: names[highest],
    secureOptions: refused,
    ...(ciphers !== undefined && { ciphers }),
  };
}

/** Rejects when the transport fails or ends, because TLS does not report that for every Duplex. */
function brokenOff(transport: Duplex): Promise<never> {
  return new Promise((_, reject) => {
    const ended = (): void =>
      reject(new SecureStreamError("SSPI_TRUNCATED", "the transport ended during the handshake of TLS"));
    transport.once("error", reject).once("end", ended).once("close", ended);
  });
}

function bytesOf(pem: Pem | readonly Pem[]): string | Buffer | (string | Buffer)[] {
  if (typeof pem === "string") return pem;
  return pem instanceof Uint8Array ? Buffer.from(pem) : pem.map((one) => bytesOf(one) as string | Buffer);
}

/** Ignores a rejection that another waiter reports. */
function ignore(): void {}
