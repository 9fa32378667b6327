import type { IncomingMessage } from "node:http";
import { addHeaders, type Judge, resetStream } from "./respond.ts";

/** The part of Koa's Context that the adapter uses. */
export interface KoaContextLike {
  /** Node's request. */
  readonly req: IncomingMessage;
  /** Node's response. */
  readonly res: object;
  /** Values for later middleware. */
  readonly state: object;
  /** False: Koa leaves the response alone. */
  respond?: boolean;
  /** The status of the response. */
  status: number;
  /** The body of the response. */
  body: unknown;
  /** Sets a header field of the response. */
  set(name: string, value: string | string[]): void;
}

/** A middleware for Koa. */
export type KoaMiddleware = (context: KoaContextLike, next: () => Promise<unknown>) => Promise<unknown>;

export function koa(judge: Judge<IncomingMessage>): KoaMiddleware {
  return async (context, next) => {
    const verdict = await judge.check(context.req);
    if (verdict.kind === "http1-required") {
      context.respond = false;
      return resetStream(context.res);
    }
    if (verdict.kind === "response") {
      // Set the status after the body: setting the body would change the status to 204.
      context.body = "";
      context.status = verdict.status;
      for (const [name, value] of Object.entries(verdict.headers)) context.set(name, value as string | string[]);
      return undefined;
    }
    Object.assign(context.state, { user: verdict.kind === "user" ? verdict.user : undefined });
    if (verdict.kind === "user") addHeaders(verdict, (name, value) => context.set(name, value));
    return await next();
  };
}
