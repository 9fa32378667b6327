import type { HttpUser } from "./http-user.ts";

/** Header fields by name, as node:http's `writeHead` takes them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** What is to become of a request. */
export type Verdict =
  /** Somebody: `headers` go with whatever the request is answered with. */
  | {
      /** What is to become of the request. */
      readonly kind: "user";
      /** Who sends it. */
      readonly user: HttpUser;
      /** Header fields for the response. */
      readonly headers: HeaderFields;
    }
  /** A CORS preflight, which never says whose it is. */
  | { readonly kind: "preflight" }
  /** Nobody yet, or nobody at all: this is the answer, and it has no body. */
  | {
      readonly kind: "response";
      /** The status of the response. */
      readonly status: 401 | 403 | 431 | 503;
      readonly headers: HeaderFields;
    }
  /** A stream of HTTP/2 is to be reset with HTTP_1_1_REQUIRED: these schemes authenticate connections. */
  | { readonly kind: "http1-required" };

/** A response that nothing in between may keep. */
export function answer(status: 401 | 403 | 431 | 503, headers: HeaderFields = {}): Verdict {
  return { kind: "response", status, headers: { "Cache-Control": "no-store", "Content-Length": "0", ...headers } };
}
