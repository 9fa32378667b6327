import { checkPrincipalName } from "../../values/index.ts";
import type { LogonPolicy } from "./logon-options.ts";

/** How marshalled target information begins, which Windows reads behind a host's name and takes for another target. */
const marshalled = "1UWhRC";

/**
 * The service principal name of a URL's host. Neither a `Host` header nor what a name server says is looked at: both may
 * be somebody else's. A URL's host is in lower case, which no marshalled target information survives.
 *
 * @throws TypeError or RangeError for what the option `target` returns.
 */
export function serviceNameOf({ target }: LogonPolicy, url: URL): string {
  if (target === undefined) return `HTTP/${url.hostname.replace(/^\[|\]$/g, "")}`;
  const name = checkPrincipalName(target(url), "target");
  if (name.includes(marshalled))
    throw new RangeError("target: expected a service principal name without marshalled target information");
  return name;
}
