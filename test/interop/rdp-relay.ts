import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { agreeOnCredssp, askForCredssp } from "../../examples/rdp-prologue.ts";
import { type TsField, tsRequests } from "./ts-requests.ts";

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Stands between a client and a server of remote desktops, and passes on the bytes of each. With a key pair of its own
 * it ends the client's TLS and begins its own with the server, and so reads the plaintext; without a key pair, it sees
 * what any observer sees.
 */
export class RdpRelay implements AsyncDisposable {
  /** The bytes from the client, and from the server: decrypted, where the relay can. */
  readonly fromClient: Buffer[] = [];
  readonly fromServer: Buffer[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #connections = 0;

  private constructor(upstream: number, own: KeyPair | undefined) {
    this.#server = createServer((client) => {
      this.#connections += 1;
      const server = connect(upstream, "127.0.0.1");
      for (const socket of [client, server]) this.#keep(socket);
      // When one side hangs up, the relay ends the other.
      void (own ? this.#openBoth(client, server, own) : this.#handOn(client, server)).catch(() => {
        client.destroy();
        server.destroy();
      });
    });
  }

  static async listen(upstream: number, own?: KeyPair): Promise<RdpRelay> {
    const relay = new RdpRelay(upstream, own);
    await once(relay.#server.listen(0, "127.0.0.1"), "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many clients have connected. */
  get connections(): number {
    return this.#connections;
  }

  /** The fields of every message of the client, in order. */
  get clientFields(): readonly TsField[] {
    return tsRequests(Buffer.concat(this.fromClient)).flat();
  }

  /** The fields of every message of the server, in order. */
  get serverFields(): readonly TsField[] {
    return tsRequests(Buffer.concat(this.fromServer)).flat();
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async #openBoth(client: Socket, server: Socket, own: KeyPair): Promise<void> {
    await Promise.all([agreeOnCredssp(client), askForCredssp(server)]);
    const near = new tls.TLSSocket(client, { isServer: true, ...own });
    const far = tls.connect({ socket: server, rejectUnauthorized: false });
    for (const socket of [near, far]) this.#keep(socket);
    await this.#handOn(near, far);
  }

  async #handOn(near: Duplex, far: Duplex): Promise<void> {
    near.on("data", (bytes: Buffer) => {
      this.fromClient.push(bytes);
      far.write(bytes);
    });
    far.on("data", (bytes: Buffer) => {
      this.fromServer.push(bytes);
      near.write(bytes);
    });
    const ended = [near, far].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of [near, far]) socket.once("end", () => socket.end());
    await Promise.race(ended);
    near.destroy();
    far.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
