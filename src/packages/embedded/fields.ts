import { PackageError } from "../author/index.ts";

/** The kinds of packed data. The first bytes name the kind, so that no kind is ever read as another. */
export const kinds = { greeting: 1, challenge: 2, proof: 3, session: 4 } as const;
export type Kind = keyof typeof kinds;

const magic = Buffer.from("SPSK\x01", "latin1");

/** Packs fields, each with its length in front: two different lists of fields never have the same bytes. */
export function packFields(kind: Kind, fields: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const parts: Uint8Array[] = [magic, Buffer.of(kinds[kind])];
  for (const field of fields) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(field.length);
    parts.push(length, field);
  }
  return Buffer.concat(parts) as Buffer<ArrayBuffer>;
}

/**
 * The `count` fields of packed data, as views of its memory.
 *
 * @throws PackageError SEC_E_INVALID_TOKEN for another kind, too few bytes, or too many.
 */
export function readFields(kind: Kind, packed: Buffer, count: number): readonly Buffer[] {
  const start = magic.length + 1;
  if (packed.length < start || !packed.subarray(0, magic.length).equals(magic) || packed[start - 1] !== kinds[kind])
    throw new PackageError("SEC_E_INVALID_TOKEN");
  const fields: Buffer[] = [];
  let at = start;
  while (fields.length < count) {
    if (at + 2 > packed.length) throw new PackageError("SEC_E_INVALID_TOKEN");
    const end = at + 2 + packed.readUInt16BE(at);
    if (end > packed.length) throw new PackageError("SEC_E_INVALID_TOKEN");
    fields.push(packed.subarray(at + 2, end));
    at = end;
  }
  if (at !== packed.length) throw new PackageError("SEC_E_INVALID_TOKEN");
  return fields;
}

/** Checks that a field has a fixed size. @throws PackageError */
export function sized(field: Buffer | undefined, size: number): Buffer {
  if (field?.length !== size) throw new PackageError("SEC_E_INVALID_TOKEN");
  return field;
}

/** Reads a field as text. @throws PackageError if it is not UTF-8 */
export function textOf(field: Buffer | undefined): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(field);
  } catch {
    throw new PackageError("SEC_E_INVALID_TOKEN");
  }
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
