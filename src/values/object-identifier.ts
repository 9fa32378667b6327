import type { DerReader } from "./der-reader.ts";

/** Reads the next element as an OBJECT IDENTIFIER in dotted form. @throws RangeError */
export function readObjectIdentifier(reader: DerReader): string {
  const bytes = reader.take(0x06);
  if (bytes.length === 0 || bytes.length > 64 || (bytes.at(-1) as number) >= 0x80)
    throw new RangeError("DER: an OBJECT IDENTIFIER ends early, or is longer than 64 bytes");
  const arcs: bigint[] = [];
  let arc = 0n;
  let fresh = true;
  for (const byte of bytes) {
    if (fresh && byte === 0x80) throw new RangeError("DER: an arc of an OBJECT IDENTIFIER is not in its shortest form");
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [both = 0n, ...rest] = arcs;
  // The first two arcs are encoded as one number; the first arc is at most 2.
  const top = both < 80n ? both / 40n : 2n;
  return [top, both - top * 40n, ...rest].join(".");
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
