import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpUser } from "../http-user.ts";
import { addHeaders, type Judge, refuse, settle } from "./respond.ts";

/** A request that has passed the middleware; `user` is undefined for CORS preflights that were allowed through. */
export type AuthenticatedRequest<Request extends IncomingMessage = IncomingMessage> = Request & {
  /** The sender of the request. */
  readonly user: HttpUser | undefined;
};

/** A middleware for Express 4 and 5, and Connect. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

export function middleware(judge: Judge<IncomingMessage>): Middleware {
  return (request, response, next) => {
    settle(
      judge,
      request,
      (verdict) => {
        if (verdict.kind === "response" || verdict.kind === "http1-required") return refuse(response, verdict);
        // Set `user` for preflights too: a value that another middleware left there is not a user that this one
        // authenticated.
        Object.assign(request, { user: verdict.kind === "user" ? verdict.user : undefined });
        if (verdict.kind === "user") addHeaders(verdict, (name, value) => response.setHeader(name, value));
        next();
      },
      next,
    );
  };
}
