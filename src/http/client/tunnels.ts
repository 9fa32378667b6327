import type { Socket } from "node:net";
import { DisposedError } from "../../memory/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import { LogonCredentials } from "./logon-credentials.ts";
import type { ProxyPolicy } from "./proxy-options.ts";
import { TunnelOpening } from "./tunnel-opening.ts";

/** How long it may take until the proxy has opened a tunnel, in milliseconds. */
const patience = 30_000;

/** One user's tunnels through one proxy. */
export class Tunnels implements Disposable {
  readonly #policy: ProxyPolicy;
  readonly #credentials: LogonCredentials;
  readonly #opening = new Set<TunnelOpening>();

  constructor(policy: ProxyPolicy) {
    this.#policy = policy;
    this.#credentials = new LogonCredentials(policy.logon);
  }

  /**
   * A connection to `host:port`, which is the caller's.
   *
   * @throws HttpAuthenticationError where the proxy does not let the client through, or not in time; DisposedError
   *   where {@link Tunnels.close} comes first.
   */
  async open(target: string): Promise<Socket> {
    // A proxy that asks nobody would let it through without a credential.
    if (this.closed) throw closedError();
    const opening = new TunnelOpening({ policy: this.#policy, credentials: this.#credentials }, target);
    this.#opening.add(opening);
    const timer = setTimeout(() => opening.end(new HttpAuthenticationError("timeout")), patience);
    try {
      return await opening.socket;
    } finally {
      clearTimeout(timer);
      this.#opening.delete(opening);
    }
  }

  get closed(): boolean {
    return this.#credentials.closed;
  }

  /** Closes the credentials, and ends what is not open yet. */
  close(): void {
    for (const opening of this.#opening) opening.end(closedError());
    this.#credentials.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function closedError(): DisposedError {
  return new DisposedError("the agent or dispatcher");
}
