import { hasNtlm } from "../http/token-kind.ts";
import { beginsAsNtlm, initialToken, mechanisms, readObjectIdentifier } from "../values/index.ts";
import { explainCredssp } from "./credssp.ts";
import { derReader } from "./der-fields.ts";
import { explanation, type TokenExplanation } from "./explanation.ts";
import { explainFramedKerberos, explainKerberos, isKerberosMessage } from "./kerberos.ts";
import { isKerberos, mechanismName } from "./mechanisms.ts";
import { explainNegoex, isNegoex } from "./negoex.ts";
import { explainNtlm } from "./ntlm.ts";
import { refusalsOfToken } from "./refusals.ts";
import { explainSpnego, negTokenInit, negTokenResp } from "./spnego.ts";
import { explainTls, isTls } from "./tls.ts";

const tsRequest = 0x30;
/** The maximum nesting of tokens, deeper than any package nests them. */
const deepest = 4;

/** Explains a token that is meant for a package. */
export function explainToken(token: Buffer): TokenExplanation {
  if (token[0] === tsRequest) return explainCredssp(token, explainToken);
  const { refusals, ...found } = described(token, 0);
  return explanation({ ...found, refusals: [...refusals, ...refusalsOfToken(token)] });
}

function described(token: Buffer, depth: number): TokenExplanation {
  const { length: size } = token;
  try {
    return recognised(token, depth) ?? explanation({ mechanism: "unknown", message: beginning(token), size });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const refusals = [{ by: "whoever reads it", why: error.message }];
    return explanation({ mechanism: "unknown", message: "token that is cut off or damaged", size, refusals });
  }
}

/** @throws RangeError for bytes that are not DER */
function recognised(token: Buffer, depth: number): TokenExplanation | undefined {
  const [tag = -1] = token;
  if (beginsAsNtlm(token)) return explainNtlm(token);
  if (isKerberosMessage(token)) return explainKerberos(token);
  if (isTls(token)) return explainTls(token);
  if (depth > deepest) return undefined;
  const inner = (part: Buffer): TokenExplanation => described(part, depth + 1);
  if (isNegoex(token)) return explainNegoex(token, inner);
  if (tag === negTokenInit || tag === negTokenResp)
    return explainSpnego(tag, derReader(token).take(tag), token.length, inner);
  return tag === initialToken ? framed(token, inner) : undefined;
}

function framed(token: Buffer, inner: (part: Buffer) => TokenExplanation): TokenExplanation {
  const content = derReader(token).enter(initialToken);
  const mechanism = readObjectIdentifier(content);
  const rest = Buffer.from(content.rest());
  if (mechanism === mechanisms.spnego) {
    const [tag = -1] = rest;
    return explainSpnego(tag, derReader(rest).take(tag), token.length, inner);
  }
  if (isKerberos(mechanism)) return explainFramedKerberos(rest);
  return explanation({
    mechanism: mechanismName(mechanism),
    message: "first token",
    size: token.length,
    inside: [inner(rest)],
  });
}

/** Names the first byte only: it indicates the kind of data, and reveals nothing secret. */
function beginning(token: Buffer): string {
  const [first] = token;
  if (first === undefined) return "token without bytes";
  return `${hasNtlm(token) ? "token with an NTLM message in it" : "token"} that begins with the byte 0x${first.toString(16)}`;
}
