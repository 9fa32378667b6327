import { type Field, fieldMutations, type Setting, withSettings } from "./fields.ts";
import type { Mutation } from "./mutation.ts";

export const ntlmSignature = Buffer.from("NTLMSSP\0");

/** MS-NLMP 2.2.1: the places of the flags and of the descriptors of fields, by `MessageType`. */
const shapes: readonly ({ readonly flags: number; readonly fields: Readonly<Record<string, number>> } | undefined)[] = [
  undefined,
  { flags: 12, fields: { DomainName: 16, Workstation: 24 } },
  { flags: 20, fields: { TargetName: 12, TargetInfo: 40 } },
  {
    flags: 60,
    fields: { Lm: 12, Nt: 20, DomainName: 28, UserName: 36, Workstation: 44, EncryptedRandomSessionKey: 52 },
  },
];
/** Where payloads may begin: behind the fields, the version and the MIC of each type. */
const heads = [16, 32, 40, 48, 56, 64, 72, 88];
/** NTLMv2_RESPONSE before its AV_PAIRs. */
const responseHead = 44;

/**
 * Changes of every length, offset, flag and AV_PAIR of an NTLM message, and lengths and offsets whose sum overflows.
 */
export function ntlmMutations(message: Buffer): Mutation[] {
  const type = message.length >= 12 ? message.readUInt32LE(8) : 0;
  const typeField = field("MessageType", 8, 4, [2, 3, 4]);
  const shape = shapes[type];
  if (!shape) return fieldMutations(message, [typeField]);
  const described = Object.entries(shape.fields).filter(([, at]) => at + 8 <= message.length);
  return [
    ...fieldMutations(message, [typeField, ...described.flatMap(([name, at]) => fieldsOf(message, name, at))]),
    ...described.flatMap(([name, at]) => pairs(message, name, at)),
    ...flags(message, shape.flags),
    ...fieldMutations(message, avPairs(message, type, shape.fields)),
  ];
}

function field(name: string, at: number, bytes: 2 | 4, marks: readonly number[]): Field {
  return { name, at, bytes, order: "little", marks };
}

function fieldsOf(message: Buffer, name: string, at: number): Field[] {
  const [size, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
  const room = Math.max(0, message.length - offset);
  return [
    field(`${name}.Len`, at, 2, [...heads, size, room]),
    field(`${name}.MaxLen`, at + 2, 2, [size, room]),
    field(`${name}.BufferOffset`, at + 4, 4, [...heads, message.length, message.length - size]),
  ];
}

function pairs(message: Buffer, name: string, at: number): Mutation[] {
  const [length, offset] = [field(`${name}.Len`, at, 2, []), field(`${name}.BufferOffset`, at + 4, 4, [])];
  const set = (long: number, where: number): readonly Setting[] => [
    { field: length, value: BigInt(long) },
    { field: offset, value: BigInt(where) },
  ];
  const end = message.length;
  return [
    set(0xffff, 0),
    set(0xffff, 1),
    set(0xffff, 0xffff_ffff),
    set(0xffff, 0xffff_0001),
    set(1, 0xffff_ffff),
    set(2, end - 1),
    set(1, end),
    set(0, 0xffff_ffff),
    set(end, 0),
    set(end - 1, 1),
    set(end - 12, 12),
    set(16, end - 16),
    set(16, 0xffff_fff0),
    set(0xfff0, end),
  ].map((settings) => withSettings(message, settings));
}

function flags(message: Buffer, at: number): Mutation[] {
  if (at + 4 > message.length) return [];
  const now = message.readUInt32LE(at);
  const one = field("NegotiateFlags", at, 4, []);
  return Array.from({ length: 32 }, (_, bit) =>
    withSettings(message, [{ field: one, value: BigInt((now ^ (1 << bit)) >>> 0) }]),
  );
}

function avPairs(message: Buffer, type: number, fields: Readonly<Record<string, number>>): Field[] {
  const at = type === 2 ? fields["TargetInfo"] : fields["Nt"];
  if (at === undefined || at + 8 > message.length) return [];
  const start = message.readUInt32LE(at + 4);
  const end = Math.min(message.length, start + message.readUInt16LE(at));
  const found: Field[] = [];
  for (
    let pair = start + (type === 2 ? 0 : responseHead);
    pair + 4 <= end;
    pair += 4 + message.readUInt16LE(pair + 2)
  ) {
    const number = found.length / 2;
    const room = [end - pair - 4, message.length - pair - 4, message.readUInt16LE(pair + 2)];
    found.push(field(`AvId ${number}`, pair, 2, [7, 10]), field(`AvLen ${number}`, pair + 2, 2, room));
  }
  return found;
}
