import type { IncomingMessage } from "node:http";
import type { HeaderFields } from "../verdict.ts";
import { addHeaders, type Judge, resetStream } from "./respond.ts";

/** The part of Hono's Context that the adapter uses; `env` is the object that @hono/node-server sets. */
export interface HonoContextLike {
  /** Node's request and response, set by @hono/node-server. */
  readonly env: unknown;
  /** Keeps a value for later handlers. */
  set(key: string, value: unknown): void;
  /** Sets a header field of the response. */
  header(name: string, value: string): void;
}

/** A middleware for Hono on @hono/node-server. */
export type HonoMiddleware = (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined>;

interface NodeEnvironment {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: object;
}

export function hono(judge: Judge<IncomingMessage>): HonoMiddleware {
  return async (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeEnvironment;
    if (!incoming || !outgoing)
      throw new TypeError("context.env: expected Hono on @hono/node-server, whose requests have a socket");
    const verdict = await judge.check(incoming);
    if (verdict.kind === "http1-required") {
      resetStream(outgoing);
      // @hono/node-server treats a response with this header as already sent.
      return new Response(null, { headers: { "x-hono-already-sent": "true" } });
    }
    if (verdict.kind === "response")
      return new Response(null, { status: verdict.status, headers: pairs(verdict.headers) });
    context.set("user", verdict.kind === "user" ? verdict.user : undefined);
    if (verdict.kind === "user") addHeaders(verdict, (name, value) => context.header(name, value));
    await next();
    return undefined;
  };
}

function pairs(fields: HeaderFields): [string, string][] {
  return Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}
