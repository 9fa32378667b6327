import type { IncomingMessage } from "node:http";
import { addHeaders, type Judge, resetStream } from "./respond.ts";

/** The part of Fastify's Request that the adapter uses. */
export interface FastifyRequestLike {
  /** Node's request. */
  readonly raw: object;
}

/** The part of Fastify's Reply that the adapter uses. */
export interface FastifyReplyLike {
  /** Node's response. */
  readonly raw: object;
  /** Sets the status. */
  code(status: number): unknown;
  /** Sets a header field. */
  header(name: string, value: unknown): unknown;
  /** Tells Fastify that other code sends the response. */
  hijack(): unknown;
  /** Sends the body. */
  send(): unknown;
}

/** A hook for Fastify's `onRequest`. */
export type FastifyHook = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;

export function fastify(judge: Judge<IncomingMessage>): FastifyHook {
  return async (request, reply) => {
    const verdict = await judge.check(request.raw as IncomingMessage);
    if (verdict.kind === "http1-required") {
      reply.hijack();
      resetStream(reply.raw);
      return reply;
    }
    if (verdict.kind === "response") {
      reply.code(verdict.status);
      for (const [name, value] of Object.entries(verdict.headers)) reply.header(name, value);
      return reply.send();
    }
    Object.assign(request, { user: verdict.kind === "user" ? verdict.user : undefined });
    if (verdict.kind === "user") addHeaders(verdict, (name, value) => reply.header(name, value));
    return undefined;
  };
}
