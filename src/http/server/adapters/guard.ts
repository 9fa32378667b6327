import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpUser } from "../http-user.ts";
import { warnOf } from "../warn-of.ts";
import { addHeaders, type Judge, refuse, settle } from "./respond.ts";

/** Handles a request of an authenticated user. */
export type GuardedHandler = (request: IncomingMessage, response: ServerResponse, user: HttpUser) => unknown;
/** Handles a CORS preflight, which has no user. */
export type PreflightHandler = (request: IncomingMessage, response: ServerResponse) => unknown;
/** The listener that `createServer()` of node:http and node:https takes. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export function guard(
  judge: Judge<IncomingMessage>,
  handler: GuardedHandler,
  onPreflight: PreflightHandler | undefined,
): RequestListener {
  return (request, response) => {
    settle(
      judge,
      request,
      (verdict) => {
        if (verdict.kind === "preflight") onPreflight?.(request, response);
        else if (verdict.kind === "user") {
          addHeaders(verdict, (name, value) => response.setHeader(name, value));
          handler(request, response, verdict.user);
        } else refuse(response, verdict);
      },
      (error) => {
        warnOf(error);
        response.writeHead(500, { "Content-Length": "0" }).end();
      },
    );
  };
}
