import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type ChannelBindings, serverEndPoint } from "../../contexts/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";

/**
 * How clients are tied to their TLS connection, so that nobody relays their authentication: `required` refuses clients
 * that do not say on which connection they are, `when-sent` only those that are on another one, `off` nobody.
 */
export type BindingPolicy = "required" | "when-sent" | "off";

/**
 * What a client on this connection has to have bound itself to; undefined where there is nothing to compare.
 *
 * @throws HttpAuthenticationError where the policy asks for bindings that the connection cannot have.
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
