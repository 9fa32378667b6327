import { type Field, fieldMutations } from "./fields.ts";
import type { Mutation } from "./mutation.ts";

const headerSize = 16;

/** RFC 4121, 4.2.6: the header of a signature, or of a sealed message with the two lengths that it has. */
export function wrapMutations(token: Buffer): Mutation[] {
  const { length } = token;
  const marks = [headerSize, length - headerSize, length, Math.max(0, length - 2 * headerSize)];
  const two = (name: string, at: number): Field => ({ name, at, bytes: 2, order: "big", marks });
  return fieldMutations(token, [
    { name: "TOK_ID", at: 0, bytes: 2, order: "big", marks: [0x0100, 0x0201, 0x0404, 0x0504] },
    { name: "Flags", at: 2, bytes: 1, order: "big", marks: [2, 4, 6] },
    two("EC", 4),
    two("RRC", 6),
    { name: "SND_SEQ", at: 8, bytes: 8, order: "big", marks: [] },
  ]);
}

/** MS-NLMP 2.2.2.9: NTLM's signature has no lengths; its version and number may be any. */
export function ntlmSignatureMutations(token: Buffer): Mutation[] {
  return fieldMutations(token, [
    { name: "Version", at: 0, bytes: 4, order: "little", marks: [] },
    { name: "SeqNum", at: 12, bytes: 4, order: "little", marks: [] },
  ]);
}
