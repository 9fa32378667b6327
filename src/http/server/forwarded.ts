import type { IncomingHttpHeaders } from "node:http";

/** What proxies add to the requests that they forward, besides `X-Forwarded-*`. */
const marks: ReadonlySet<string> = new Set([
  "via",
  "forwarded",
  "x-real-ip",
  "x-original-forwarded-for",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "cdn-loop",
  "x-envoy-external-address",
  "x-arr-log-id",
]);

/**
 * Whether a proxy says that it forwarded a request, so that others may use the same connection. Taken as a reason to
 * trust a connection less and never as one to trust it more: anybody can write these headers, and proxies can leave them out.
 */
export function wasForwarded(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith("x-forwarded-") || marks.has(name)) return true;
  return false;
}
