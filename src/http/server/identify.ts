import { type Peer, PeerNameError } from "../../contexts/index.ts";
import { isGuestAccount } from "../../values/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import type { Handshake } from "./handshake.ts";
import { HttpUser } from "./http-user.ts";

/**
 * Returns the peer of a complete handshake, as its mechanism names it. Refuses peers without a name, anonymous peers
 * and guests.
 *
 * @throws HttpAuthenticationError
 */
export function identify(handshake: Handshake, ntlmAllowed: boolean): HttpUser {
  const { context, scheme } = handshake;
  if (context.flags !== "unknown" && context.flags.includes("nullSession"))
    throw new HttpAuthenticationError("anonymous");
  const peer = peerOf(handshake);
  checkMechanism(handshake, peer, ntlmAllowed || scheme === "NTLM");
  if (isGuestAccount(peer.account)) throw new HttpAuthenticationError("guest");
  return new HttpUser(context, scheme, peer);
}

function peerOf({ context }: Handshake): Peer {
  try {
    return context.peer();
  } catch (cause) {
    if (!(cause instanceof PeerNameError)) throw cause;
    throw new HttpAuthenticationError("no-name", { detail: cause.message, cause });
  }
}

/** If Negotiate does not report the mechanism, the tokens show it: each NTLM message begins with NTLM's signature. */
function checkMechanism({ ntlm }: Handshake, { package: said }: Peer, ntlmAllowed: boolean): void {
  const mechanism = /^negotiate$/i.test(said) ? (ntlm ? "NTLM" : "Kerberos") : said;
  const allowed = /^kerberos$/i.test(mechanism) || (ntlmAllowed && /^ntlm$/i.test(mechanism));
  if (!allowed) throw new HttpAuthenticationError("mechanism-not-allowed", { detail: `it was ${mechanism}` });
}
