import { DerReader } from "../values/index.ts";

/**
 * A reader as for CredSSP's messages: lengths may use more bytes than necessary, because implementations write them so.
 */
export function derReader(bytes: Uint8Array): DerReader {
  return new DerReader(bytes, "any");
}

/** The elements of a reader by their tags, to its end. @throws RangeError */
export function elements(reader: DerReader): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let { tag } = reader; tag !== undefined; tag = reader.tag) found.set(tag, reader.take(tag));
  return found;
}

/** The fields of a SEQUENCE, by their context tags. @throws RangeError */
export function sequenceFields(bytes: Uint8Array): Map<number, Uint8Array> {
  return elements(derReader(bytes).enter(0x30));
}

/** A number of at most 32 bits. @throws RangeError */
export function numberIn(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  const content = derReader(bytes).take(0x02);
  if (content.length === 0 || content.length > 5) throw new RangeError(`DER: a number of ${content.length} bytes`);
  return Buffer.from(content).readIntBE(0, content.length);
}

/** A GeneralString, the type of KerberosString. @throws RangeError */
export function stringIn(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(derReader(bytes).take(0x1b)).toString();
}
