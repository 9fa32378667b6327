import { CredsspError } from "../credssp/credssp-error.ts";
import { decodeRequest } from "../credssp/ts-request.ts";
import { statusFact } from "../status/index.ts";
import { explanation, type TokenExplanation, type TokenFact } from "./explanation.ts";

const mechanism = "CredSSP";
const message = "TSRequest";

/**
 * Explains a message of CredSSP with CredSSP's own codec; a message that the codec refuses is listed with the reason.
 */
export function explainCredssp(token: Buffer, inner: (token: Buffer) => TokenExplanation): TokenExplanation {
  const size = token.length;
  try {
    const { version, negoToken, authInfo, pubKeyAuth, errorCode, clientNonce } = decodeRequest(token);
    const facts: Record<string, TokenFact> = {
      version,
      ...(errorCode !== undefined && { error: errorText(errorCode) }),
      ...(authInfo && { credentials: `${authInfo.length} bytes, encrypted` }),
      ...(pubKeyAuth && { publicKeyBinding: `${pubKeyAuth.length} bytes, encrypted` }),
      ...(clientNonce && { nonce: `${clientNonce.length} bytes` }),
    };
    return explanation({ mechanism, message, size, facts, inside: negoToken ? [inner(Buffer.from(negoToken))] : [] });
  } catch (error) {
    if (!(error instanceof CredsspError)) throw error;
    return explanation({ mechanism, message, size, refusals: [{ by: "this library's CredSSP", why: error.message }] });
  }
}

function errorText(status: number): string {
  const { code, text } = statusFact(status);
  return `${code}: ${text}`;
}
