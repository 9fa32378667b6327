import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { openssl } from "../interop/peer.ts";

export interface TlsServer extends AsyncDisposable {
  readonly port: number;
  /** The certificate, in DER. */
  readonly certificate: Buffer;
  /** The server's side of the first connection, after its handshake. */
  readonly connection: Promise<TLSSocket>;
}

const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-batch", "-days", "2", "-subj", "/CN=localhost"];

/** Starts Node's TLS 1.2 server, which uses OpenSSL, with a self-signed certificate. */
export async function startTlsServer(options: TlsOptions = {}): Promise<TlsServer> {
  const pem = await openssl(...request, "-keyout", "-");
  const [key, cert] = ["PRIVATE KEY", "CERTIFICATE"].map(
    (kind) => new RegExp(`-----BEGIN ${kind}-----([^-]+)-----END ${kind}-----`).exec(pem) as RegExpExecArray,
  ) as [RegExpExecArray, RegExpExecArray];
  const server = createServer({ key: key[0], cert: cert[0], maxVersion: "TLSv1.2", ...options });
  const connection = once(server, "secureConnection").then(([socket]) => socket as TLSSocket);
  connection.catch(() => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    certificate: Buffer.from(cert[1] as string, "base64"),
    connection,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
