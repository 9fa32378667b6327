import type { Socket } from "node:net";
import { type buildConnector, Client } from "undici";

/** How undici opens connections. */
export type Connector = buildConnector.connector;

/** One connection to one origin, which serves one user and one request at a time. */
export class PooledConnection {
  readonly client: Client;
  readonly #origin: URL;
  readonly #connect: Connector;
  #socket: Socket | undefined;
  /** A connection that was opened before the client asked for it. */
  #ahead: Socket | undefined;
  #authenticated: Socket | undefined;

  /** @param onEnd called when the connection has ended. */
  constructor(origin: URL, connect: Connector, onEnd: (connection: PooledConnection) => void) {
    this.#origin = origin;
    this.#connect = connect;
    this.client = new Client(origin, {
      pipelining: 1,
      connect: (where, done) => {
        const ahead = this.#ahead;
        this.#ahead = undefined;
        // Call later: undici would not notice a synchronous call before the next request.
        if (ahead && !ahead.destroyed) queueMicrotask(() => done(null, this.#use(ahead)));
        else connect(where, (...[error, socket]) => (error ? done(error, null) : done(null, this.#use(socket))));
      },
    });
    this.client.on("disconnect", () => {
      this.#forget();
      onEnd(this);
    });
    this.client.on("connectionError", () => this.#forget());
  }

  /** The open connection; undefined if there is none. */
  get socket(): Socket | undefined {
    return this.#socket?.destroyed ? undefined : this.#socket;
  }

  /** Whether the server has authenticated the user on the connection that is open now. */
  get authenticated(): boolean {
    return this.#authenticated !== undefined && this.#authenticated === this.socket;
  }

  /** Sets whether the server has authenticated the user on the connection that is open now. */
  set authenticated(known: boolean) {
    this.#authenticated = known ? this.socket : undefined;
  }

  /** Returns the connection of the next request, and opens it if necessary. */
  async open(): Promise<Socket> {
    if (this.socket) return this.socket;
    const { protocol, hostname, port, host } = this.#origin;
    const where = { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), port, host };
    this.#ahead = await new Promise<Socket>((resolve, reject) => {
      this.#connect(where, (...[error, socket]) => (error ? reject(error) : resolve(socket)));
    });
    return this.#ahead;
  }

  /** Ends the connection: servers keep the state of a failed handshake. */
  discard(): void {
    this.#socket?.destroy();
    this.#ahead?.destroy();
    this.#forget();
  }

  #use(socket: Socket): Socket {
    this.#socket = socket;
    return socket;
  }

  #forget(): void {
    this.#socket = this.#ahead = this.#authenticated = undefined;
  }
}
