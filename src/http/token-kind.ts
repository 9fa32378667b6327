import { initialToken, ntlmSignature } from "../values/index.ts";

/** The tag of SPNEGO's NegTokenResp; every token after the first has it. */
const negTokenResp = 0xa1;

/**
 * Whether a token contains NTLM, bare or inside SPNEGO: each NTLM message begins with its signature (MS-NLMP 2.2.1).
 */
export function hasNtlm(token: Buffer): boolean {
  return token.includes(ntlmSignature);
}

function ntlmMessageType(token: Buffer): number | undefined {
  return token.length >= 12 && token.subarray(0, 8).equals(ntlmSignature) ? token.readUInt32LE(8) : undefined;
}

/**
 * Whether a token begins a new handshake. A token in a package's own form satisfies neither this nor
 * {@link continuesHandshake}.
 */
export function beginsHandshake(token: Buffer): boolean {
  return token[0] === initialToken || ntlmMessageType(token) === 1;
}

/** Whether a token answers a token that the server sent. */
export function continuesHandshake(token: Buffer): boolean {
  return token[0] === negTokenResp || ntlmMessageType(token) === 3;
}
