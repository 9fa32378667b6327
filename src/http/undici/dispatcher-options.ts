import type { TcpSocketConnectOpts } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { checkUint, type OptionNames, readOptions } from "../../values/index.ts";
import { type LogonOptions, type LogonPolicy, logonNames, logonPolicyOf } from "../client/logon-options.ts";
import { type ProxyOptions, type ProxyPolicy, proxyPolicyOf } from "../client/proxy-options.ts";
import { checkTls } from "../client/tls-options.ts";
import { Origins } from "../origins.ts";

/** Which servers may authenticate the user, and how connections are made. */
export interface NegotiateDispatcherOptions extends LogonOptions {
  /**
   * The origins that may learn who the user is: `https://intranet.example` is one host, `https://*.corp.example` every
   * host below corp.example. The caller gets the 401 of any other origin unchanged.
   */
  readonly origins: readonly string[];
  /** The origins among them that may act in the user's name: none by default. */
  readonly delegate?: readonly string[];
  /** A proxy that all connections go through with CONNECT: its URL, or how to log on there. */
  readonly proxy?: string | ProxyOptions;
  /** The most connections to one origin; 8 by default. */
  readonly connections?: number;
  /**
   * The most bytes of a body that can be read only once that are kept to be sent again, until the server has
   * authenticated the connection; 1,048,576 (1 MiB) by default. Until then a longer body is an error.
   */
  readonly keepBody?: number;
  /** How TLS connections to servers are opened: `ca`, `servername` … of `tls.connect()`. There is no HTTP/2. */
  readonly tls?: ConnectionOptions & Partial<TcpSocketConnectOpts>;
}

/** Checked options. */
export interface DispatcherPolicy {
  readonly logon: LogonPolicy;
  readonly origins: Origins;
  readonly delegate: Origins;
  readonly proxy: ProxyPolicy | undefined;
  readonly connections: number;
  readonly keepBody: number;
  readonly tls: NonNullable<NegotiateDispatcherOptions["tls"]>;
}

const dispatcherNames: OptionNames<NegotiateDispatcherOptions> = {
  origins: true,
  ...logonNames,
  delegate: true,
  proxy: true,
  connections: true,
  keepBody: true,
  tls: true,
};

/** @throws TypeError or RangeError naming the option that is wrong. */
export function dispatcherPolicyOf(given: NegotiateDispatcherOptions): DispatcherPolicy {
  const options = readOptions<NegotiateDispatcherOptions>(given, "options", dispatcherNames);
  const { delegate = [], proxy, connections = 8, keepBody = 1 << 20 } = options;
  if (checkUint(connections, "connections") === 0) throw new RangeError("connections: expected at least 1, got 0");
  return {
    logon: logonPolicyOf(options),
    origins: new Origins(options.origins, "origins"),
    delegate: new Origins(delegate, "delegate"),
    proxy: proxy === undefined ? undefined : proxyPolicyOf(proxy, "proxy"),
    connections,
    keepBody: checkUint(keepBody, "keepBody"),
    tls: checkTls(options.tls, "tls"),
  };
}
