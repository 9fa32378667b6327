import { Dispatcher } from "undici";
import { shapeOf } from "../../values/index.ts";
import { dispatcherPolicyOf, type NegotiateDispatcherOptions } from "./dispatcher-options.ts";
import { modernHandler } from "./legacy-handler.ts";
import { RequestRouter } from "./request-router.ts";

/**
 * Logs the user on to the web servers that ask, by Kerberos or NTLM: for `fetch(url, { dispatcher })`, undici's
 * `request()`, `stream()` and the others, or `setGlobalDispatcher()`.
 *
 * A connection serves one user and one origin. Requests with the caller's own `Authorization` header, and requests to
 * origins that are not listed, get connections of their own, on which no user is logged on.
 */
export class NegotiateDispatcher extends Dispatcher {
  // Not a #field: compose() makes a Proxy of the dispatcher, and a Proxy has no access to #fields.
  private readonly router: RequestRouter;

  /** @throws TypeError or RangeError naming the option that is wrong. */
  constructor(options: NegotiateDispatcherOptions) {
    super();
    this.router = new RequestRouter(dispatcherPolicyOf(options));
  }

  /** Whether {@link close} or {@link destroy} was called: requests are refused with undici's own errors. */
  get closed(): boolean {
    return this.router.state !== "open";
  }

  /** Whether {@link destroy} was called, or {@link close} has ended. */
  get destroyed(): boolean {
    return this.router.state === "destroyed";
  }

  /**
   * Sends a request; undici's functions call this.
   *
   * @throws HttpAuthenticationError through the handler, if the logon to a server or the proxy fails.
   */
  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    for (const [argument, given] of Object.entries({ request, handler }))
      if (typeof given !== "object" || given === null)
        throw new TypeError(`${argument}: expected an object, as undici passes it, got ${shapeOf(given)}`);
    this.router.dispatch(request, modernHandler(handler));
    return true;
  }

  /** Takes no more requests, waits for those in progress, then closes all connections and the credentials. */
  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | void {
    return told(this.router.close(), callback);
  }

  /** Closes all connections and the credentials now; requests in progress fail with `error`. */
  override destroy(error?: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void> | void {
    if (typeof error === "function") return told(this.router.destroy(null), error);
    return told(this.router.destroy(error ?? null), callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function told(ended: Promise<void>, callback: (() => void) | undefined): Promise<void> | void {
  if (!callback) return ended;
  void ended.then(callback);
}
