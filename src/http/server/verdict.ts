import type { HttpUser } from "./http-user.ts";

/** Header fields by name, as node:http's `writeHead` takes them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** The decision on a request. */
export type Verdict =
  /** An authenticated user: add `headers` to the response. */
  | {
      /** The kind of decision. */
      readonly kind: "user";
      /** The sender of the request. */
      readonly user: HttpUser;
      /** Header fields for the response. */
      readonly headers: HeaderFields;
    }
  /** A CORS preflight, which never identifies its sender. */
  | { readonly kind: "preflight" }
  /** No user, or not yet: send this response, which has no body. */
  | {
      readonly kind: "response";
      /** The status of the response. */
      readonly status: 401 | 403 | 431 | 503;
      readonly headers: HeaderFields;
    }
  /** Reset the HTTP/2 stream with HTTP_1_1_REQUIRED: these schemes authenticate connections. */
  | { readonly kind: "http1-required" };

/** Makes a response that caches must not store. */
export function answer(status: 401 | 403 | 431 | 503, headers: HeaderFields = {}): Verdict {
  return { kind: "response", status, headers: { "Cache-Control": "no-store", "Content-Length": "0", ...headers } };
}
