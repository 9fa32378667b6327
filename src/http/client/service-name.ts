import { checkPrincipalName } from "../../values/index.ts";
import type { LogonPolicy } from "./logon-options.ts";

/**
 * The start of marshalled target information. Windows reads such information after a host's name and takes it for
 * another target.
 */
const marshalled = "1UWhRC";

/**
 * Returns the service principal name of a URL's host. It ignores `Host` headers and answers of name servers, because
 * other parties may control both. A URL's host is in lower case, which breaks any marshalled target information in it.
 *
 * @throws TypeError or RangeError for an invalid result of the option `target`.
 */
export function serviceNameOf({ target }: LogonPolicy, url: URL): string {
  if (target === undefined) return `HTTP/${url.hostname.replace(/^\[|\]$/g, "")}`;
  const name = checkPrincipalName(target(url), "target");
  if (name.includes(marshalled))
    throw new RangeError("target: expected a service principal name without marshalled target information");
  return name;
}
