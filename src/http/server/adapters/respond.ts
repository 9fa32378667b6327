import type { ServerResponse } from "node:http";
import { constants } from "node:http2";
import type { Verdict } from "../verdict.ts";

/** Gives the verdict on a request. */
export interface Judge<Request> {
  check(request: Request): Verdict | Promise<Verdict>;
}

/** The verdict on a request that is refused. */
export type Refusal = Extract<Verdict, { readonly kind: "response" | "http1-required" }>;

/**
 * Calls back at once if the verdict is already known: most requests need no promise. An error instead of a verdict
 * fails only its request; thrown out of the listener, it would end the process.
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

/** Answers a refused request of node:http, https or http2. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (refusal.kind === "http1-required") resetStream(response);
  else response.writeHead(refusal.status, refusal.headers as Record<string, string | string[]>).end();
}

/**
 * Resets the stream. An HTTP/2 client then repeats the request with HTTP/1.1; curl and Chromium do not do so after a
 * 401.
 */
export function resetStream(response: object): void {
  const { stream } = response as { readonly stream: { close(code: number): void } };
  stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
}

/** Adds the verdict's header fields to the response for a user. */
export function addHeaders(
  { headers }: Extract<Verdict, { readonly kind: "user" }>,
  set: (name: string, value: string) => void,
): void {
  for (const [name, value] of Object.entries(headers)) set(name, value as string);
}
