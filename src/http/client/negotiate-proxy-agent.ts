import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { checkCallback, isPlain, shapeOf } from "../../values/index.ts";
import { type ProxyOptions, proxyNames, proxyPolicyOf } from "./proxy-options.ts";
import { Tunnels } from "./tunnels.ts";

type Opened = (error: Error | null, stream?: Duplex) => void;

/**
 * An agent of node:https that goes through a proxy which requires authentication: for `https.get(url, { agent })` and
 * libraries on top of it, such as axios and got. Each connection is a tunnel (CONNECT) to one host, with TLS to that
 * host inside.
 */
export class NegotiateProxyAgent extends Agent {
  readonly #tunnels: Tunnels;

  /**
   * @param proxy the proxy's URL, or how to log on there.
   * @param options the options of `https.Agent`; TLS options apply to the servers, not to the proxy.
   * @throws TypeError or RangeError naming the option that is wrong.
   */
  constructor(proxy: string | ProxyOptions, options: AgentOptions = {}) {
    super(checkAgentOptions(options));
    this.#tunnels = new Tunnels(proxyPolicyOf(proxy, "proxy"));
  }

  /** Whether {@link destroy} was called: requests fail with a DisposedError. */
  get closed(): boolean {
    return this.#tunnels.closed;
  }

  /** Opens a tunnel; node:https calls this. HttpAuthenticationError reaches the request as its `error` event. */
  override createConnection(options: RequestOptions, opened: Opened): undefined {
    if (typeof options !== "object" || options === null)
      throw new TypeError(`options: expected those of a request, got ${shapeOf(options)}`);
    checkCallback(opened, "opened");
    const host = String(options.host ?? "");
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${options.port}`;
    // Refuse characters that a URL cannot contain: they could add another line to the request to the proxy.
    if (!URL.canParse(`https://${target}`) || /[\s/?#@\\]/.test(target)) {
      opened(new RangeError(`host: expected a host's name or address, got ${shapeOf(host)}`));
      return undefined;
    }
    this.#tunnels
      .open(target)
      .then((socket) => this.#secure(socket, options))
      .then((stream) => opened(null, stream), opened);
    return undefined;
  }

  /** Ends all connections, and closes the credentials. */
  override destroy(): void {
    super.destroy();
    this.#tunnels.close();
  }

  /** @throws TypeError or RangeError of node:tls for options that it does not take. */
  #secure(socket: Socket, options: RequestOptions): Duplex {
    try {
      return super.createConnection({ ...options, socket } as RequestOptions) as Duplex;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
}

/**
 * Checks the type, and that no option of the proxy is among them: node:https would ignore it, and keep a password where
 * JSON and inspect show it. node:https checks the contents.
 */
function checkAgentOptions(options: AgentOptions): AgentOptions {
  if (!isPlain(options)) throw new TypeError(`options: expected those of an https.Agent, got ${shapeOf(options)}`);
  const misplaced = Object.keys(proxyNames).find((name) => Object.hasOwn(options, name));
  if (misplaced === undefined) return options;
  const meant = misplaced === "url" ? "proxy: { url }" : `proxy: { url, ${misplaced} }`;
  throw new TypeError(`options.${misplaced}: belongs to the first argument, ${meant}`);
}
