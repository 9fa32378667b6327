const letters = "NTLMSSP";

/** `Signature` of every NTLM message, inside SPNEGO too (MS-NLMP 2.2.1). */
export const ntlmSignature = Buffer.from(`${letters}\0`, "latin1");

/** Whether a token begins with the letters of the signature, as a message whose NUL is damaged or missing does too. */
export function beginsAsNtlm(token: Buffer): boolean {
  return token.toString("latin1", 0, letters.length) === letters;
}
