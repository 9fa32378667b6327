import type { Socket } from "node:net";
import { type Dispatcher, errors } from "undici";
import { Logon } from "../client/logon.ts";
import type { LogonCredentials } from "../client/logon-credentials.ts";
import type { LogonPolicy } from "../client/logon-options.ts";
import type { HttpScheme } from "../scheme.ts";
import { Exchange } from "./exchange.ts";
import { type Connector, PooledConnection } from "./pooled-connection.ts";

export interface PoolSettings {
  readonly policy: LogonPolicy;
  readonly credentials: LogonCredentials;
  readonly connect: Connector;
  /** The most connections. */
  readonly connections: number;
  /** The most bytes of a body that are kept to be sent again. */
  readonly keepBody: number;
}

/** The connections of one user to one origin. They carry no other user's requests and no requests to another origin. */
export class OriginPool {
  readonly policy: LogonPolicy;
  readonly keepBody: number;
  /** Whether the server asks again on a connection that it has already authenticated. */
  perRequest = false;
  readonly #origin: URL;
  readonly #delegate: boolean;
  readonly #settings: PoolSettings;
  readonly #onEmpty: () => void;
  readonly #idle: PooledConnection[] = [];
  readonly #busy = new Set<PooledConnection>();
  readonly #waiting: Exchange[] = [];

  constructor(origin: URL, delegate: boolean, settings: PoolSettings, onEmpty: () => void) {
    this.#origin = origin;
    this.#delegate = delegate;
    this.#settings = settings;
    this.#onEmpty = onEmpty;
    this.policy = settings.policy;
    this.keepBody = settings.keepBody;
  }

  get isEmpty(): boolean {
    return this.#busy.size + this.#waiting.length === 0;
  }

  get hasConnections(): boolean {
    return this.#busy.size + this.#idle.length > 0;
  }

  dispatch(request: Dispatcher.DispatchOptions, caller: Dispatcher.DispatchHandler): void {
    const exchange = new Exchange(this, request, caller);
    if (!exchange.aborted) this.#waiting.push(exchange);
    this.#next();
  }

  /** Begins a logon on an open connection. */
  logOn(scheme: HttpScheme, socket: Socket): Promise<Logon> {
    const { policy, credentials } = this.#settings;
    return Logon.begin({ policy, credentials, scheme, socket, url: this.#origin, delegate: this.#delegate });
  }

  /** Takes a connection back from the exchange that it was given to. */
  release(connection: PooledConnection): void {
    this.#busy.delete(connection);
    if (connection.socket) this.#idle.push(connection);
    else void connection.client.destroy();
    this.#next();
  }

  /** Ends all connections; requests in progress fail. */
  async destroy(error: Error | null): Promise<void> {
    for (const exchange of this.#waiting.splice(0)) exchange.fail(error ?? new errors.ClientDestroyedError());
    const connections = [...this.#idle.splice(0), ...this.#busy];
    await Promise.all(connections.map(({ client }) => client.destroy(error)));
    for (const connection of connections) connection.discard();
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#take();
      if (!connection) return;
      const exchange = this.#waiting.shift() as Exchange;
      if (exchange.aborted) {
        this.#idle.push(connection);
        continue;
      }
      this.#busy.add(connection);
      exchange.start(connection);
    }
    if (this.#busy.size === 0) this.#onEmpty();
  }

  /** Takes a free connection, preferably one that the server has authenticated. */
  #take(): PooledConnection | undefined {
    const known = this.#idle.findIndex(({ authenticated }) => authenticated);
    const [idle] = known < 0 ? this.#idle.splice(-1) : this.#idle.splice(known, 1);
    if (idle || this.#busy.size >= this.#settings.connections) return idle;
    return new PooledConnection(this.#origin, this.#settings.connect, (ended) => this.#drop(ended));
  }

  /** Forgets an idle connection that has ended; otherwise undici would open it again. */
  #drop(ended: PooledConnection): void {
    const index = this.#idle.indexOf(ended);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    void ended.client.destroy();
    if (this.isEmpty) this.#onEmpty();
  }
}
