import { Agent, type Dispatcher, errors } from "undici";
import { LogonCredentials } from "../client/logon-credentials.ts";
import { Tunnels } from "../client/tunnels.ts";
import { connectorOf } from "./connector.ts";
import type { DispatcherPolicy } from "./dispatcher-options.ts";
import { OriginPool, type PoolSettings } from "./origin-pool.ts";
import { hasAuthorization, repeatableFields } from "./request-fields.ts";

type Request = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;

/** `closed` takes no more requests; `destroyed` has also ended its connections. */
export type RouterState = "open" | "closed" | "destroyed";

/**
 * Chooses the connections of a request: the user's connections to its origin, or connections on which no user is logged
 * on.
 */
export class RequestRouter {
  readonly #policy: DispatcherPolicy;
  readonly #settings: PoolSettings;
  readonly #tunnels: Tunnels | undefined;
  readonly #pools = new Map<string, OriginPool>();
  readonly #anonymous: Agent;
  #state: RouterState = "open";
  #onEmpty: (() => void) | undefined;

  constructor(policy: DispatcherPolicy) {
    this.#policy = policy;
    const { proxy, logon, connections, keepBody } = policy;
    this.#tunnels = proxy && new Tunnels(proxy);
    const connect = connectorOf(policy, this.#tunnels);
    const credentials = new LogonCredentials(logon);
    this.#settings = { policy: logon, credentials, connect, connections, keepBody };
    this.#anonymous = new Agent({ connect, connections });
  }

  get state(): RouterState {
    return this.#state;
  }

  dispatch(request: Request, handler: Handler): void {
    if (this.#state !== "open") {
      const error = this.#state === "closed" ? new errors.ClientClosedError() : new errors.ClientDestroyedError();
      handler.onResponseError?.(undefined as never, error);
      return;
    }
    const { headers: given } = request;
    const headers = given && repeatableFields(given);
    const readable = headers && headers !== given ? { ...request, headers } : request;
    const pool = headers && hasAuthorization(headers) ? undefined : this.#poolFor(request.origin);
    if (pool) pool.dispatch(readable, handler);
    else this.#anonymous.dispatch(readable as Agent.DispatchOptions, handler);
  }

  async close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closed";
    await this.#anonymous.close();
    if (this.#pools.size > 0 && !this.#allIdle)
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    await this.destroy(null);
  }

  async destroy(error: Error | null): Promise<void> {
    this.#state = "destroyed";
    this.#onEmpty?.();
    this.#tunnels?.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy(error)));
    await this.#anonymous.destroy(error);
    this.#settings.credentials.close();
  }

  get #allIdle(): boolean {
    return [...this.#pools.values()].every(({ isEmpty }) => isEmpty);
  }

  /** Returns the user's connections to an origin; undefined if the origin is not listed. */
  #poolFor(given: Request["origin"]): OriginPool | undefined {
    const known = this.#pools.get(String(given));
    if (known) return known;
    const { origin } = new URL(String(given));
    const url = new URL(origin);
    if (!this.#policy.origins.includes(url)) return undefined;
    const delegate = this.#policy.delegate.includes(url);
    const pool = this.#pools.get(origin) ?? new OriginPool(url, delegate, this.#settings, () => this.#ended(origin));
    this.#pools.set(origin, pool);
    return pool;
  }

  /** Called when an origin has no more requests in progress. */
  #ended(origin: string): void {
    if (this.#pools.get(origin)?.hasConnections === false) this.#pools.delete(origin);
    if (this.#onEmpty && this.#allIdle) this.#onEmpty();
  }
}
