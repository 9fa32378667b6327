import type { ServerResponse } from "node:http";
import { constants } from "node:http2";
import type { Verdict } from "../verdict.ts";

/** Where a verdict comes from. */
export interface Judge<Request> {
  check(request: Request): Verdict | Promise<Verdict>;
}

/** A request that gets no further. */
export type Refusal = Extract<Verdict, { readonly kind: "response" | "http1-required" }>;

/**
 * Calls at once where the verdict is there already: most requests need no promise. What is thrown instead of a verdict
 * is one request's failure, and would end the process if it left the listener.
 */
export function settle<Request>(
  judge: Judge<Request>,
  request: Request,
  then: (verdict: Verdict) => void,
  fail: (error: unknown) => void,
): void {
  let verdict: Verdict | Promise<Verdict>;
  try {
    verdict = judge.check(request);
  } catch (error) {
    fail(error);
    return;
  }
  if (verdict instanceof Promise) verdict.then(then, fail);
  else then(verdict);
}

/** Ends a request of node:http, https or http2 that gets no further. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (refusal.kind === "http1-required") resetStream(response);
  else response.writeHead(refusal.status, refusal.headers as Record<string, string | string[]>).end();
}

/** A client of HTTP/2 then repeats the request with HTTP/1.1; curl and Chromium do not do so after a 401. */
export function resetStream(response: object): void {
  const { stream } = response as { readonly stream: { close(code: number): void } };
  stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
}

/** Adds what belongs to the answer that a user gets. */
export function addHeaders(
  { headers }: Extract<Verdict, { readonly kind: "user" }>,
  set: (name: string, value: string) => void,
): void {
  for (const [name, value] of Object.entries(headers)) set(name, value as string);
}
