import { maxHeaderSize as nodesMaxHeaderSize } from "node:http";
import type { Socket } from "node:net";

let warned = false;

/**
 * Warns, once in a process, of a server that answers large tickets with 431 before anybody can look at them.
 *
 * @param needed bytes of headers that the longest token takes.
 */
export function warnOfLittleRoom(socket: Socket, needed: number): void {
  if (warned) return;
  // The server that accepted the socket, with the options that it was made with.
  const { server } = socket as { readonly server?: { readonly maxHeaderSize?: number } };
  const given = server?.maxHeaderSize ?? nodesMaxHeaderSize;
  if (given >= needed) return;
  warned = true;
  process.emitWarning(
    `This server takes ${given} bytes of headers, and a user in many groups sends up to ${needed}: pass authenticator.serverOptions to createServer()`,
    { type: "HttpAuthenticatorWarning", code: "SSPI_HTTP_SMALL_HEADERS" },
  );
}
