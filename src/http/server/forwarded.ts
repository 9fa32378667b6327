import type { IncomingHttpHeaders } from "node:http";

/** Headers that proxies add to the requests that they forward, in addition to `X-Forwarded-*`. */
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
 * Whether a proxy says that it forwarded a request, so that other clients may use the same connection. The result may
 * only reduce the trust in a connection: anybody can write these headers, and proxies can omit them.
 */
export function wasForwarded(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith("x-forwarded-") || marks.has(name)) return true;
  return false;
}
