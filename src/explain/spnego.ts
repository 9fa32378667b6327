import { readObjectIdentifier } from "../values/index.ts";
import { derReader, elements, sequenceFields } from "./der-fields.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";
import { mechanismName } from "./mechanisms.ts";

/** The choices of NegotiationToken (RFC 4178, 4.2). */
export const negTokenInit = 0xa0;
export const negTokenResp = 0xa1;

/** `negState` of RFC 4178, 4.2.2. */
const states = ["accept-completed", "accept-incomplete", "reject", "request-mic"];

type Explain = (token: Buffer) => TokenExplanation;

/** @throws RangeError for bytes that are not DER */
export function explainSpnego(tag: number, content: Uint8Array, size: number, inner: Explain): TokenExplanation {
  const fields = sequenceFields(content);
  const [message, facts] =
    tag === negTokenInit
      ? (["NegTokenInit", initFacts(fields)] as const)
      : (["NegTokenResp", respFacts(fields)] as const);
  const token = octets(fields.get(0xa2));
  // Windows puts its hints where RFC 4178 has the checksum.
  const checksum = fields.get(tag === negTokenInit && fields.has(0xa4) ? 0xa4 : 0xa3);
  const hasChecksum = checksum?.[0] === 0x04;
  return explanation({
    mechanism: "SPNEGO",
    message,
    size,
    facts: { ...facts, ...(hasChecksum && { checksum: `${octets(checksum)?.length} bytes` }) },
    inside: token ? [inner(token)] : [],
  });
}

function initFacts(fields: ReadonlyMap<number, Uint8Array>): Record<string, TokenFact> {
  const offered = fields.get(0xa0);
  return offered ? { mechanisms: mechanismList(offered) } : {};
}

function mechanismList(content: Uint8Array): string[] {
  const list = derReader(content).enter(0x30);
  const names: string[] = [];
  while (list.tag !== undefined) names.push(mechanismName(readObjectIdentifier(list)));
  return names;
}

function respFacts(fields: ReadonlyMap<number, Uint8Array>): Record<string, TokenFact> {
  const [state, chosen] = [fields.get(0xa0), fields.get(0xa1)];
  const number = state && derReader(state).take(0x0a)[0];
  return {
    ...(number !== undefined && { state: states[number] ?? `${number}` }),
    ...(chosen && { mechanism: mechanismName(readObjectIdentifier(derReader(chosen))) }),
  };
}

function octets(content: Uint8Array | undefined): Buffer | undefined {
  if (content === undefined) return undefined;
  const bytes = elements(derReader(content)).get(0x04);
  if (bytes === undefined) throw new RangeError("DER: expected an OCTET STRING");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
