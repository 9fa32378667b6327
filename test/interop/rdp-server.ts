import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { agreeOnCredssp } from "../../examples/rdp-prologue.ts";

/**
 * A server of remote desktops as far as the logon: what `accept` makes of each connection is its outcome, in order.
 * It hangs up afterwards.
 */
export class RdpServer<T> implements AsyncDisposable {
  readonly #server: Server;
  readonly #outcomes: Promise<T>[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(accept: (socket: Socket) => Promise<T>) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      const outcome = agreeOnCredssp(socket).then(() => accept(socket));
      // Who waits for it sees a failure; others do not have to.
      outcome.catch(() => {}).finally(() => socket.end());
      this.#outcomes.push(outcome);
      this.#server.emit("outcome");
    });
  }

  static async listen<T>(accept: (socket: Socket) => Promise<T>): Promise<RdpServer<T>> {
    const server = new RdpServer(accept);
    await once(server.#server.listen(0, "127.0.0.1"), "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What became of the first connection. */
  async first(): Promise<T> {
    if (this.#outcomes.length === 0) await once(this.#server, "outcome");
    return await (this.#outcomes[0] as Promise<T>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.allSettled(this.#outcomes);
  }
}
