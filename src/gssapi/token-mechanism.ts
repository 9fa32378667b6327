import { Arena } from "../memory/index.ts";
import { copyMemory, copyOut } from "../native/index.ts";
import { DerReader, kerberosMechanisms, mechanisms, readObjectIdentifier } from "../values/index.ts";

/** A first token begins with this tag, its length, and the mechanism (RFC 2743, 3.1). */
const initialToken = 0x60;

/**
 * Whether a first token is of a mechanism that the package accepts: others have parsers of their own, which are not to
 * be reached by a peer. What is not framed as a first token is the library's to judge.
 */
export function isAccepted(address: number, size: number, withSpnego: boolean): boolean {
  if (size > roomSize) return acceptsToken(Buffer.from(copyOut(address, size).buffer), withSpnego);
  room ??= new Arena(roomSize);
  copyMemory(room.base, address, size);
  return acceptsToken(Buffer.from(room.bytes.buffer, 0, size), withSpnego);
}

/** Where tokens are copied to while they are looked at, which most of them fit. */
const roomSize = 4096;
let room: Arena | undefined;

/** The same of a token that is in JavaScript already. */
export function acceptsToken(token: Buffer, withSpnego: boolean): boolean {
  if (token[0] !== initialToken) return token.toString("latin1", 0, 7) !== "NTLMSSP";
  const mechanism = mechanismOf(token);
  return (
    mechanism !== undefined &&
    (kerberosMechanisms.includes(mechanism) || (withSpnego && mechanism === mechanisms.spnego))
  );
}

/** Undefined where the frame is no DER, or ends after the token does. */
function mechanismOf(token: Buffer): string | undefined {
  try {
    return readObjectIdentifier(new DerReader(token).enter(initialToken));
  } catch {
    return undefined;
  }
}
