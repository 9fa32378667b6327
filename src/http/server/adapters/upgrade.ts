import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpUser } from "../http-user.ts";
import type { HeaderFields } from "../verdict.ts";
import { warnOf } from "../warn-of.ts";
import { type Judge, settle } from "./respond.ts";

/** Handles an upgrade of an authenticated user. */
export type GuardedUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, user: HttpUser) => unknown;
/** The listener for a server's `upgrade` event. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export function upgrade(judge: Judge<IncomingMessage>, handler: GuardedUpgrade): UpgradeListener {
  return (request, socket, head) => {
    // node:http no longer listens to the socket, and an error without a listener ends the process.
    const ignore = (): void => {};
    socket.on("error", ignore);
    settle(
      judge,
      request,
      (verdict) => {
        if (verdict.kind !== "user") return verdict.kind === "response" ? hangUp(socket, verdict) : hangUp(socket);
        socket.off("error", ignore);
        handler(request, socket, head, verdict.user);
      },
      (error) => {
        warnOf(error);
        hangUp(socket);
      },
    );
  };
}

interface Farewell {
  readonly status: number;
  readonly headers: HeaderFields;
}

/** Sends the answer and ends the socket, because nothing reads a second request from it. */
function hangUp(socket: Duplex, { status, headers }: Farewell = { status: 500, headers: {} }): void {
  const fields = Object.entries({ ...headers, Connection: "close" }).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join("")}\r\n`);
}
