import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type ChannelBindings, serverEndPoint } from "../../contexts/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";

/**
 * How clients are tied to their TLS connection, so that an attacker cannot relay their authentication: `required`
 * refuses clients that send no channel bindings, `when-sent` refuses only clients whose bindings are of another
 * connection, `off` refuses no client.
 */
export type BindingPolicy = "required" | "when-sent" | "off";

/**
 * Returns the channel bindings that a client on this connection has to send; undefined if there is nothing to compare.
 *
 * @throws HttpAuthenticationError if the policy requires bindings that the connection cannot have.
 */
export function bindingsOf(socket: Socket, policy: BindingPolicy): ChannelBindings | undefined {
  if (policy === "off") return undefined;
  if (!(socket instanceof TLSSocket)) {
    if (policy === "when-sent") return undefined;
    throw new HttpAuthenticationError("unbound-connection", {
      detail: "the connection is not TLS, which `bindings` requires",
    });
  }
  try {
    return serverEndPoint(socket.getX509Certificate()?.raw as Uint8Array);
  } catch (cause) {
    const detail = "the bindings of this server's own certificate cannot be computed";
    throw new HttpAuthenticationError("unbound-connection", { detail, cause });
  }
}
