import type { IncomingHttpHeaders } from "node:http";

/** What proxies add to the requests that they forward. */
const marks = [
  "via",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-server",
  "x-real-ip",
] as const;

/**
 * Whether a proxy says that it forwarded a request, so that others may use the same connection. Taken as a reason to
 * trust a connection less and never as one to trust it more: anybody can write these headers, and proxies can leave them out.
 */
export function wasForwarded(headers: IncomingHttpHeaders): boolean {
  return marks.some((name) => headers[name] !== undefined);
}
