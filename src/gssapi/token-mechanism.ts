import { copyOut } from "../native/index.ts";
import { DerReader } from "../values/index.ts";
import { encodings } from "./object-identifiers.ts";

/** A first token begins with this tag, its length, and the mechanism (RFC 2743, 3.1). */
const initialToken = 0x60;
const objectIdentifier = 0x06;

/** Kerberos' object identifiers: its own, Microsoft's, which is mistyped, and the one before RFC 1964. */
const kerberos: readonly string[] = [encodings.kerberos, "2a864882f712010202", "2b05010502"];

/**
 * Whether a first token is of a mechanism that the package accepts: others have parsers of their own, which are not to
 * be reached by a peer. What is not framed as a first token is the library's to judge.
 */
export function isAccepted(address: number, size: number, withSpnego: boolean): boolean {
  return acceptsToken(Buffer.from(copyOut(address, size).buffer), withSpnego);
}

/** The same of a token that is in JavaScript already. */
export function acceptsToken(token: Buffer, withSpnego: boolean): boolean {
  if (token.toString("latin1", 0, 7) === "NTLMSSP") return false;
  if (token[0] !== initialToken) return true;
  const mechanism = mechanismOf(token);
  return mechanism !== undefined && (kerberos.includes(mechanism) || (withSpnego && mechanism === encodings.spnego));
}

/** Undefined where the frame is no DER, or ends after the token does. */
function mechanismOf(token: Buffer): string | undefined {
  try {
    return Buffer.from(new DerReader(token).enter(initialToken).take(objectIdentifier)).toString("hex");
  } catch {
    return undefined;
  }
}
