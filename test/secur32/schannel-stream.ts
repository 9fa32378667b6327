import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { ClientContext, Credential, type Leg } from "../../src/index.ts";
import { startTlsServer, type TlsServer } from "./tls-server.ts";

/** Schannel's client, connected to Node's TLS 1.2 server, and the bytes received from it. */
export class SchannelStream implements AsyncDisposable {
  readonly client: ClientContext;
  readonly socket: Socket;
  /** The server's side of the connection. */
  readonly served: TLSSocket;
  readonly #server: TlsServer;
  #come: Buffer = Buffer.alloc(0);

  private constructor(client: ClientContext, socket: Socket, served: TLSSocket, server: TlsServer) {
    this.client = client;
    this.socket = socket;
    this.served = served;
    this.#server = server;
    socket.on("data", (bytes) => {
      this.#come = Buffer.concat([this.#come, bytes]);
    });
  }

  static async open(): Promise<SchannelStream> {
    const server = await startTlsServer();
    const socket = connect(server.port, "127.0.0.1").setNoDelay(true);
    await once(socket, "connect");
    using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
    const request = ["confidentiality", "integrity", "stream", "replayDetect", "sequenceDetect"] as const;
    const client = new ClientContext(credential, { target: "localhost", request });
    let leg: Leg = await client.step();
    for (;;) {
      if (leg.token && leg.token.length > 0) socket.write(leg.token);
      if (leg.status === "complete") break;
      const extra = leg.status === "continue" ? leg.extra : undefined;
      leg = await client.step(extra ?? ((await once(socket, "data")) as [Buffer])[0]);
    }
    return new SchannelStream(client, socket, await server.connection, server);
  }

  /** Waits for at least `length` received bytes, removes and returns all of them. */
  async take(length: number): Promise<Buffer> {
    while (this.#come.length < length) await once(this.socket, "data");
    const taken = this.#come;
    this.#come = Buffer.alloc(0);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    this.socket.destroy();
    this.served.destroy();
    await this.#server[Symbol.asyncDispose]();
  }
}
