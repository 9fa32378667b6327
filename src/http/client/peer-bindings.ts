import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type ChannelBindings, serverEndPoint } from "../../contexts/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import type { ClientBindingPolicy } from "./logon-options.ts";

/**
 * Returns the channel bindings that tie an authentication to the server of a connection; undefined without TLS.
 *
 * @throws HttpAuthenticationError if the policy requires bindings that the connection cannot have.
 */
export function peerBindingsOf(socket: Socket, policy: ClientBindingPolicy): ChannelBindings | undefined {
  if (policy === "off") return undefined;
  if (!(socket instanceof TLSSocket)) {
    if (policy === "when-tls") return undefined;
    const detail = "the connection is not TLS, which `bindings` requires";
    throw new HttpAuthenticationError("unbound-connection", { detail });
  }
  try {
    // Not getPeerX509Certificate(): in Node 20 and 22 it returns the certificate once, and undefined from then on.
    return serverEndPoint(socket.getPeerCertificate().raw);
  } catch (cause) {
    const detail = "the bindings of the server's certificate cannot be computed";
    throw new HttpAuthenticationError("unbound-connection", { detail, cause });
  }
}
