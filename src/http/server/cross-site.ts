import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Origins } from "../origins.ts";

const safeMethods: readonly (string | undefined)[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether another site makes a browser send this request: the browser adds the user's authentication by itself. A
 * WebSocket counts although it begins with GET, because browsers let every site open one and read from it.
 */
export function isCrossSite({ method, headers }: IncomingMessage, allowed: Origins): boolean {
  if (safeMethods.includes(method) && headers.upgrade === undefined) return false;
  return isFromElsewhere(headers) && !(headers.origin !== undefined && isAllowed(headers.origin, allowed));
}

const fromHere: ReadonlySet<unknown> = new Set(["same-origin", "same-site", "none"]);

/** Browsers send Sec-Fetch-Site only to https and localhost, but send Origin to every site. */
function isFromElsewhere({ "sec-fetch-site": site, origin, host }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return !fromHere.has(site);
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

function isAllowed(origin: string, allowed: Origins): boolean {
  return !allowed.isEmpty && URL.canParse(origin) && allowed.includes(new URL(origin));
}

/**
 * Whether a request is a CORS preflight (the Fetch standard): a browser asks without credentials what a site may send.
 */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === "OPTIONS" &&
    headers.origin !== undefined &&
    headers["access-control-request-method"] !== undefined &&
    headers.authorization === undefined
  );
}
