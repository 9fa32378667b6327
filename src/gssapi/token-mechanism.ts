import { copyOut } from "../native/index.ts";
import { encodings } from "./object-identifiers.ts";

/** A first token begins with this tag, its length, and the mechanism (RFC 2743, 3.1). */
const initialToken = 0x60;
const objectIdentifier = 0x06;
/** The head of any first token is shorter. */
const headSize = 24;

/** Kerberos' object identifiers: its own, Microsoft's, which is mistyped, and the one before RFC 1964. */
const kerberos: readonly string[] = [encodings.kerberos, "2a864882f712010202", "2b05010502"];

/**
 * Whether a first token is of a mechanism that the package accepts: others have parsers of their own, which are not to
 * be reached by a peer. What is not framed as a first token is the library's to judge.
 */
export function isAccepted(address: number, size: number, withSpnego: boolean): boolean {
  const head = Buffer.from(copyOut(address, Math.min(size, headSize)).buffer);
  if (head.toString("latin1").startsWith("NTLMSSP")) return false;
  if (head[0] !== initialToken) return true;
  const length = head[1] ?? 0;
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f);
  if (head[at] !== objectIdentifier) return false;
  const start = at + 2;
  const mechanism = head.toString("hex", start, start + (head[at + 1] ?? 0));
  return kerberos.includes(mechanism) || (withSpnego && mechanism === encodings.spnego);
}
