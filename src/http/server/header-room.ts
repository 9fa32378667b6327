import { maxHeaderSize as nodesMaxHeaderSize } from "node:http";
import type { Socket } from "node:net";

let warned = false;

/**
 * Warns once per process if a server would answer large tickets with 431 before the authenticator sees them.
 *
 * @param needed bytes of headers that the longest token takes.
 */
export function warnOfLittleRoom(socket: Socket, needed: number): void {
  if (warned) return;
  // The server that accepted the socket, with the options that it was created with.
  const { server } = socket as { readonly server?: { readonly maxHeaderSize?: number } };
  const given = server?.maxHeaderSize ?? nodesMaxHeaderSize;
  if (given >= needed) return;
  warned = true;
  process.emitWarning(
    `This server takes ${given} bytes of headers, and a user in many groups sends up to ${needed}: pass authenticator.serverOptions to createServer()`,
    { type: "HttpAuthenticatorWarning", code: "SSPI_HTTP_SMALL_HEADERS" },
  );
}
