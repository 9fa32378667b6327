import type { ConnectionOptions } from "node:tls";
import { checkText, type OptionNames, readOptions } from "../../values/index.ts";
import { type LogonOptions, type LogonPolicy, logonNames, logonPolicyOf } from "./logon-options.ts";
import { checkTls } from "./tls-options.ts";

/** A proxy, and how to log on if it asks for authentication (407). */
export interface ProxyOptions extends LogonOptions {
  /** `http://proxy.example:3128`, or `https://` if the connection to the proxy is TLS. Without a password. */
  readonly url: string;
  /**
   * `off` by default: most proxies do not send their last token. The data inside the tunnel is protected by its own
   * TLS.
   */
  readonly mutual?: "required" | "off";
  /** How a TLS connection to the proxy itself is opened. */
  readonly tls?: ConnectionOptions;
}

/** Checked options. */
export interface ProxyPolicy {
  readonly url: URL;
  readonly logon: LogonPolicy;
  readonly tls: ConnectionOptions;
}

/** The names of a proxy's options. */
export const proxyNames: OptionNames<ProxyOptions> = { url: true, ...logonNames, tls: true };

/** @throws TypeError or RangeError naming the option that is wrong. */
export function proxyPolicyOf(given: string | ProxyOptions, argument: string): ProxyPolicy {
  const options = typeof given === "string" ? { url: given } : readOptions<ProxyOptions>(given, argument, proxyNames);
  return {
    url: checkProxyUrl(options.url, typeof given === "string" ? argument : `${argument}.url`),
    logon: logonPolicyOf(options, `${argument}.`, "off"),
    tls: checkTls(options.tls, `${argument}.tls`),
  };
}

function checkProxyUrl(given: unknown, argument: string): URL {
  const text = checkText(given, argument, { empty: false });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable = url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (usable && url.pathname === "/" && url.search === "" && url.hash === "") return url;
  throw new RangeError(`${argument}: expected a URL such as "http://proxy.example:3128", without a user or a password`);
}
