import { type Field, fieldMutations } from "./fields.ts";
import type { Mutation } from "./mutation.ts";

export const pskMagic = Buffer.from("SPSK\x01", "latin1");

/** The embedded package's tokens: a kind, then fields with two bytes of length before each. */
export function pskMutations(token: Buffer): Mutation[] {
  const fields: Field[] = [{ name: "Kind", at: pskMagic.length, bytes: 1, order: "big", marks: [3, 5] }];
  for (let at = pskMagic.length + 1; at + 2 <= token.length; at += 2 + token.readUInt16BE(at)) {
    const marks = [token.readUInt16BE(at), token.length - at - 2, token.length];
    fields.push({ name: `Length at ${at}`, at, bytes: 2, order: "big", marks });
  }
  return fieldMutations(token, fields);
}
