import type { DerReader } from "./der-reader.ts";

/** Reads the next element as an OBJECT IDENTIFIER in dotted form. @throws RangeError */
export function readObjectIdentifier(reader: DerReader): string {
  const bytes = reader.take(0x06);
  if (bytes.length === 0 || bytes.length > 64 || (bytes.at(-1) as number) >= 0x80)
    throw new RangeError("DER: an OBJECT IDENTIFIER ends early, or is longer than 64 bytes");
  const arcs: (number | bigint)[] = [];
  let arc: number | bigint = 0;
  let fresh = true;
  for (const byte of bytes) {
    if (fresh && byte === 0x80) throw new RangeError("DER: an arc of an OBJECT IDENTIFIER is not in its shortest form");
    arc = withSeptet(arc, byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [both = 0, ...rest] = arcs;
  // The first two arcs are encoded as one number; the first arc is at most 2.
  const top = both < 40 ? 0 : both < 80 ? 1 : 2;
  const second = typeof both === "bigint" ? both - 80n : both - top * 40;
  return [top, second, ...rest].join(".");
}

/** The greatest arc that is still a safe integer with one more septet. */
const greatest = (Number.MAX_SAFE_INTEGER - 127) / 128;

/** Appends a digit in base 128. Only arcs that are too large for a Number become BigInts, which are slow. */
function withSeptet(arc: number | bigint, septet: number): number | bigint {
  return typeof arc === "number" && arc <= greatest ? arc * 128 + septet : (BigInt(arc) << 7n) | BigInt(septet);
}

/** Encodes the content of an OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifierBytes(dotted: string): Buffer {
  const [top = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const arcs = [top * 40 + second, ...rest];
  return Buffer.from(arcs.flatMap(septets));
}

/** Encodes a number in base 128; all digits except the last have the top bit set. */
function septets(arc: number): number[] {
  const digits = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left % 128));
  return digits;
}
