import type { Socket } from "node:net";
import { DisposedError } from "../../memory/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import { LogonCredentials } from "./logon-credentials.ts";
import type { ProxyPolicy } from "./proxy-options.ts";
import { TunnelOpening } from "./tunnel-opening.ts";

/** The time that a proxy has to open a tunnel, in milliseconds. */
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
   * Opens a connection to `host:port`; the caller owns it.
   *
   * @throws HttpAuthenticationError if the proxy does not let the client through, or not in time; DisposedError if
   *   {@link Tunnels.close} is called first.
   */
  async open(target: string): Promise<Socket> {
    // Check here: a proxy that does not ask for authentication would open the tunnel without any use of the closed
    // credentials.
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

  /** Closes the credentials, and ends the tunnels that are still opening. */
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
