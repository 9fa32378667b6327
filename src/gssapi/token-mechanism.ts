import { Arena } from "../memory/index.ts";
import { copyMemory, copyOut } from "../native/index.ts";
import {
  beginsAsNtlm,
  DerReader,
  initialToken,
  kerberosMechanisms,
  mechanisms,
  readObjectIdentifier,
} from "../values/index.ts";

/**
 * Whether the package accepts the mechanism of a first token: other mechanisms have their own parsers, which a peer
 * must not reach. The library checks tokens that are not framed as first tokens.
 */
export function isAccepted(address: number, size: number, withSpnego: boolean): boolean {
  if (size > roomSize) return acceptsToken(Buffer.from(copyOut(address, size).buffer), withSpnego);
  room ??= new Arena(roomSize);
  copyMemory(room.base, address, size);
  return acceptsToken(Buffer.from(room.bytes.buffer, 0, size), withSpnego);
}

/** The size of the room that tokens are copied to for inspection; most tokens fit. */
const roomSize = 4096;
let room: Arena | undefined;

/** Does the same check for a token that is already in JavaScript. */
export function acceptsToken(token: Buffer, withSpnego: boolean): boolean {
  if (token[0] !== initialToken) return !beginsAsNtlm(token);
  const mechanism = mechanismOf(token);
  return (
    mechanism !== undefined &&
    (kerberosMechanisms.includes(mechanism) || (withSpnego && mechanism === mechanisms.spnego))
  );
}

/** Undefined if the frame is not DER, or ends after the token does. */
function mechanismOf(token: Buffer): string | undefined {
  try {
    return readObjectIdentifier(new DerReader(token).enter(initialToken));
  } catch {
    return undefined;
  }
}
