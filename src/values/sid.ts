import { shapeOf } from "./shape.ts";

/**
 * The text form of a security identifier (MS-DTYP, 2.4.2.1), `S-1-5-21-…`. Authorities of 2^32 and above are
 * hexadecimal.
 */
export function sidText(authority: number, subAuthorities: readonly number[]): string {
  const first = authority < 2 ** 32 ? String(authority) : `0x${authority.toString(16).padStart(12, "0")}`;
  return ["S-1", first, ...subAuthorities].join("-");
}

/** How many sub-authorities a security identifier has at most. */
export const maxSubAuthorities = 15;

/**
 * The text form of a security identifier that fills `bytes` (MS-DTYP, 2.4.2.2).
 *
 * @throws RangeError where the revision is unknown, or the length differs from the one that the count of
 * sub-authorities implies.
 */
export function readSid(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw new RangeError(`SID: expected 8 bytes or more, got ${bytes.length}`);
  const count = view.getUint8(1);
  if (view.getUint8(0) !== 1) throw new RangeError(`SID: revision ${view.getUint8(0)} is not known`);
  if (count > maxSubAuthorities)
    throw new RangeError(`SID: ${count} sub-authorities are more than ${maxSubAuthorities}`);
  if (bytes.length !== 8 + 4 * count)
    throw new RangeError(`SID: expected ${8 + 4 * count} bytes for ${count} sub-authorities, got ${bytes.length}`);
  const authority = view.getUint16(2) * 2 ** 32 + view.getUint32(4);
  return sidText(
    authority,
    Array.from({ length: count }, (_, index) => view.getUint32(8 + 4 * index, true)),
  );
}

const sidPattern = /^S-1-(\d{1,15}|0x[0-9a-f]{1,12})((?:-\d{1,10}){0,15})$/i;

/**
 * The bytes of a security identifier from its text form.
 *
 * @throws TypeError or RangeError naming `argument`, for text that is not a security identifier.
 */
export function sidBytes(text: unknown, argument: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string")
    throw new TypeError(`${argument}: expected a security identifier, got ${shapeOf(text)}`);
  const [, authority, rest] = sidPattern.exec(text) ?? [];
  const numbers = (rest ?? "").split("-").slice(1).map(Number);
  if (authority === undefined || BigInt(authority) >= 2n ** 48n || numbers.some((number) => number > 0xffff_ffff))
    throw new RangeError(`${argument}: expected a security identifier such as S-1-5-32-544, got ${shapeOf(text)}`);
  const bytes = new Uint8Array(8 + 4 * numbers.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x0100 | numbers.length);
  view.setUint16(2, Number(BigInt(authority) >> 32n));
  view.setUint32(4, Number(BigInt(authority) & 0xffff_ffffn));
  for (const [index, number] of numbers.entries()) view.setUint32(8 + 4 * index, number, true);
  return bytes;
}
