import { NegotiateDispatcher, type NegotiateDispatcherOptions } from "../../../src/http-undici.ts";
import { type ClientProvider, clientProvider } from "../client/client-package.ts";

export interface Dispatching extends AsyncDisposable {
  readonly dispatcher: NegotiateDispatcher;
  get(url: string, init?: RequestInit): Promise<Response>;
}

/** Connections to the server's one address; undici's own options fail under Wine with `connect UNKNOWN`. */
const net = { family: 4, autoSelectFamily: false, keepAlive: false } as const;

/** A dispatcher with the client's packages, and Node's own fetch over it; both end when it is disposed of. */
export function dispatching(user: string, options: NegotiateDispatcherOptions): Dispatching {
  const host = clientProvider();
  const dispatcher = dispatcherOf(host, user, options);
  return {
    dispatcher,
    get: (url, init = {}) => fetch(url, { ...init, dispatcher } as unknown as RequestInit),
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      host[Symbol.dispose]();
    },
  };
}

function dispatcherOf(host: ClientProvider, user: string, options: NegotiateDispatcherOptions): NegotiateDispatcher {
  try {
    return new NegotiateDispatcher({
      provider: host.provider,
      identity: { user, domain: "EXAMPLE", password: "secret" },
      ...options,
      tls: { ...net, ...options.tls },
    });
  } catch (error) {
    // Refused options are the subject of some tests.
    host[Symbol.dispose]();
    throw error;
  }
}
