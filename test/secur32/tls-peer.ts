import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import {
  type ClientContext,
  Credential,
  type SchannelOptions,
  type SecureClientOptions,
  SecureStream,
} from "../../src/index.ts";
import { type MadeCertificate, makeCertificate } from "./made-certificate.ts";

const certificates = new Map<string, Promise<MadeCertificate>>();

/** Makes one certificate per name and process, because making one takes longer than using it. */
export function certificateOf(name: string): Promise<MadeCertificate> {
  const made = certificates.get(name) ?? makeCertificate(name);
  certificates.set(name, made);
  return made;
}

/** Node's TLS 1.2 server, which uses OpenSSL. */
export class TlsPeer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  /** The errors of connections and handshakes. */
  readonly errors: Error[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("tlsClientError", (error) => this.errors.push(error));
    server.on("secureConnection", (socket: TLSSocket) => {
      this.#sockets.add(socket);
      socket.on("error", (error) => this.errors.push(error)).once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(options: TlsOptions = {}, name = "localhost"): Promise<TlsPeer> {
    const { key, certificate } = await certificateOf(name);
    const server = createServer({ key, cert: certificate, maxVersion: "TLSv1.2", ...options });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new TlsPeer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The server's side of the next connection, after its handshake. */
  async accepted(): Promise<TLSSocket> {
    const [socket] = (await once(this.#server, "secureConnection")) as [TLSSocket];
    return socket;
  }

  /** Connects Schannel's client to the server. */
  connect(options: SecureClientOptions = {}, schannel?: SchannelOptions): SecureStream<ClientContext> {
    using credential = Credential.acquireSync({
      package: "Schannel",
      use: "outbound",
      ...(schannel && { schannel }),
    });
    return SecureStream.connect(connect(this.port, "127.0.0.1"), credential, { target: "localhost", ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Both ends of one connection. */
export interface Connected {
  readonly client: SecureStream<ClientContext>;
  readonly served: TLSSocket;
}

export async function connected(peer: TlsPeer, options?: SecureClientOptions): Promise<Connected> {
  const accepted = peer.accepted();
  const client = peer.connect(options);
  const [served] = await Promise.all([accepted, once(client, "secure")]);
  return { client, served };
}
