import { derMutations } from "./der.ts";
import type { Mutation } from "./mutation.ts";
import { ntlmMutations, ntlmSignature } from "./ntlm.ts";
import { pskMagic, pskMutations } from "./psk.ts";
import { tlsMutations } from "./tls.ts";
import { ntlmSignatureMutations, wrapMutations } from "./wrap.ts";

export { encoded } from "./der.ts";
export type { Mutation } from "./mutation.ts";

/** Messages of Kerberos and of user-to-user Kerberos (RFC 4121, 4.1): two bytes, and the message that they announce. */
const tokenIds = ["0100", "0200", "0300", "0400", "0401"];

/** Changes of the structured parts of a message: every length, offset, tag and flag, also of the messages inside it. */
export function mutationsOf(message: Buffer): readonly Mutation[] {
  if (message.subarray(0, 8).equals(ntlmSignature)) return ntlmMutations(message);
  if (message.subarray(0, 5).equals(pskMagic)) return pskMutations(message);
  const first = message.toString("hex", 0, 2);
  if (message.length >= 16 && /^0[45]04$/.test(first)) return wrapMutations(message);
  if (message.length === 16 && message.readUInt32LE(0) === 1) return ntlmSignatureMutations(message);
  if (/^1[4-7]03$/.test(first)) return tlsMutations(message);
  if (tokenIds.includes(first)) {
    const id = message.subarray(0, 2);
    return derMutations(message.subarray(2), mutationsOf).map(({ what, of }) => ({
      what,
      of: () => Buffer.concat([id, of()]),
    }));
  }
  // Bytes that are not one whole element are no DER: for example a name, or a ticket's ciphertext.
  return /^[367a]/.test(first) ? derMutations(message, mutationsOf) : [];
}
