import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { agreeOnCredssp } from "../../examples/rdp-prologue.ts";

/**
 * A server of remote desktops up to the logon: the results of `accept` for the connections are its outcomes, in order.
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
      // A caller that waits for an outcome sees its failure; other callers do not have to handle it.
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

  /** The outcome of the first connection. */
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
