import { SEC_E_INVALID_TOKEN } from "../../../generated/status/constants.ts";
import type { ProviderTraits } from "../../native/index.ts";
import { failure } from "../../status/index.ts";
import {
  DerReader,
  initialToken,
  kerberosMechanisms,
  ntlmSignature,
  objectIdentifierBytes,
} from "../../values/index.ts";
import { flawOfNtlm } from "./ntlm-message.ts";

/**
 * The GSS-API identifiers of Kerberos. They are compared as prefixes, because arcs may follow, for example for
 * user-to-user.
 */
const kerberos = kerberosMechanisms.map(objectIdentifierBytes);
/** `TOK_ID` of a TGT-REQ (draft-swift-win2k-krb-user2user). */
const tgtReq = 0x0400;

const objectIdentifier = 0x06;
const octetString = 0x04;
const enumerated = 0x0a;
/** `negState` of SPNEGO has the values from 0 to this (RFC 4178, 4.2.2). */
const lastState = 3;
const constructed = 0x20;
/** The bits of a DER tag whose number follows in separate bytes; no token contains such a tag. */
const highTag = 0x1f;
/** The frame of a first GSS-API token, and the two choices of SPNEGO's NegotiationToken (RFC 4178). */
const frames = [initialToken, 0xa0, 0xa1];
/**
 * The deepest nesting that is accepted: SPNEGO needs seven levels for its mechToken, and a Kerberos token in it two
 * more.
 */
const deepest = 12;

/** The provider's traits that decide which checks a token needs. */
type TokenTraits = Pick<ProviderTraits, "boundsTokens" | "survivesTgtReq">;

/**
 * Returns a peer's token that native code can safely read. It is checked if the provider trusts offsets and structures
 * in it.
 *
 * @throws SspiError `SEC_E_INVALID_TOKEN`
 */
export function checkedToken(token: Uint8Array, traits: ProviderTraits, operation: string): Uint8Array {
  if (traits.boundsTokens && traits.survivesTgtReq) return token;
  // Copy shared memory, which may change after the check.
  const { buffer, byteOffset, length } = token.buffer instanceof ArrayBuffer ? token : Uint8Array.from(token);
  const own = Buffer.from(buffer, byteOffset, length);
  const flaw = flawOfToken(own, traits);
  if (flaw === undefined) return own;
  throw failure({ operation, status: SEC_E_INVALID_TOKEN, cause: new RangeError(flaw) });
}

/**
 * Says what is wrong with a peer's token, for providers that trust its content: checks the NTLM messages, bare or in
 * SPNEGO, and finds Kerberos' TGT-REQ. The package itself checks tokens of other kinds.
 */
export function flawOfToken(token: Buffer, traits: TokenTraits): string | undefined {
  return new TokenReader(traits).flaw(token);
}

class TokenReader {
  readonly #traits: TokenTraits;
  #messages = 0;

  constructor(traits: TokenTraits) {
    this.#traits = traits;
  }

  flaw(token: Buffer): string | undefined {
    try {
      return this.#token(token, 0) ?? (occurrences(token) > this.#messages ? "an NTLM message is hidden" : undefined);
    } catch (error) {
      if (error instanceof RangeError) return "the token is no DER";
      throw error;
    }
  }

  #token(token: Buffer, depth: number): string | undefined {
    if (isNtlm(token)) {
      this.#messages += 1;
      return this.#traits.boundsTokens ? undefined : flawOfNtlm(token);
    }
    return frames.includes(token[0] ?? 0) ? this.#elements(token, depth) : undefined;
  }

  /** Checks consecutive DER elements. @throws RangeError where the bytes are not DER. */
  #elements(bytes: Buffer, depth: number): string | undefined {
    if (depth > deepest) return "the token is nested too deeply";
    const reader = new DerReader(bytes, "any");
    for (let { tag } = reader; tag !== undefined; tag = reader.tag) {
      if ((tag & highTag) === highTag) return "the token is no DER";
      const flaw = this.#element(tag, viewOf(reader.take(tag)), depth);
      if (flaw) return flaw;
    }
    return undefined;
  }

  #element(tag: number, content: Buffer, depth: number): string | undefined {
    if (tag === octetString) return isToken(content) ? this.#token(content, depth + 1) : undefined;
    if (tag === initialToken) return this.#framed(content, depth);
    if (tag === enumerated && !isState(content)) return "SPNEGO has no such state";
    return tag & constructed ? this.#elements(content, depth + 1) : undefined;
  }

  /** Checks a frame: a mechanism's identifier, followed by a token of that mechanism. */
  #framed(content: Buffer, depth: number): string | undefined {
    const reader = new DerReader(content, "any");
    if (reader.tag !== objectIdentifier) return "the token names no mechanism";
    const mechanism = viewOf(reader.take(objectIdentifier));
    const inner = content.subarray(mechanism.byteOffset - content.byteOffset + mechanism.length);
    if (kerberos.some((known) => mechanism.subarray(0, known.length).equals(known))) return this.#kerberos(inner);
    return this.#token(inner, depth + 1);
  }

  #kerberos(token: Buffer): string | undefined {
    if (this.#traits.survivesTgtReq || token.length < 2 || token.readUInt16BE(0) !== tgtReq) return undefined;
    return "the peer asks for user-to-user Kerberos";
  }
}

function isNtlm(bytes: Buffer): boolean {
  // A loop, because every token of every leg is checked here and a view of its beginning costs more than comparing
  // bytes.
  for (let at = 0; at < ntlmSignature.length; at += 1) if (bytes[at] !== ntlmSignature[at]) return false;
  return true;
}

/** Whether content is a valid `negState`. With any other value WinPR 3 continues and frees memory twice. */
function isState(content: Buffer): boolean {
  return content.length === 1 && (content[0] as number) <= lastState;
}

/** Whether an octet string in SPNEGO is a mechanism's token, and not the checksum of the offered mechanisms. */
function isToken(content: Buffer): boolean {
  return content[0] === initialToken || isNtlm(content);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function occurrences(token: Buffer): number {
  // The usual token begins with the signature, so that one search is enough.
  let count = isNtlm(token) ? 1 : 0;
  for (let at = token.indexOf(ntlmSignature, count); at >= 0; at = token.indexOf(ntlmSignature, at + 1)) count += 1;
  return count;
}
