/**
 * Decodes valid UTF-8 to UTF-16 and returns the number of units, at most one for each byte. Bytes that change while
 * they are read give other text, but never more units than bytes.
 */
export function decodeUtf8(bytes: Uint8Array, into: Uint16Array, start: number): number {
  let end = start;
  for (let index = 0; index < bytes.length; ) {
    const lead = bytes[index++] as number;
    const wanted = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    const following = Math.min(wanted, bytes.length - index);
    let point = following === 0 ? lead : lead & (0x3f >> following);
    for (let left = following; left > 0; left -= 1) point = (point << 6) | ((bytes[index++] as number) & 0x3f);
    if (point >= 0x1_0000) {
      into[end++] = 0xd800 + ((point - 0x1_0000) >> 10);
      point = 0xdc00 + ((point - 0x1_0000) & 0x3ff);
    }
    into[end++] = point;
  }
  return end - start;
}

/** The length of valid UTF-8 in UTF-16 units. */
export function utf16Length(bytes: Uint8Array): number {
  let units = 0;
  // A four-byte character is two units; continuation bytes add none.
  for (const byte of bytes) units += byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1;
  return units;
}

/** Encodes UTF-16 to UTF-8 and returns the number of bytes. A lone surrogate is encoded like any other code point. */
export function encodeUtf8(units: Uint16Array, into: Uint8Array): number {
  let end = 0;
  for (let index = 0; index < units.length; index += 1) {
    let point = units[index] as number;
    const next = units[index + 1] ?? 0;
    if (point >= 0xd800 && point < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      point = 0x1_0000 + ((point - 0xd800) << 10) + (next - 0xdc00);
      index += 1;
    }
    if (point < 0x80) into[end++] = point;
    else if (point < 0x800) {
      into[end++] = 0xc0 | (point >> 6);
      into[end++] = 0x80 | (point & 0x3f);
    } else if (point < 0x1_0000) {
      into[end++] = 0xe0 | (point >> 12);
      into[end++] = 0x80 | ((point >> 6) & 0x3f);
      into[end++] = 0x80 | (point & 0x3f);
    } else {
      into[end++] = 0xf0 | (point >> 18);
      into[end++] = 0x80 | ((point >> 12) & 0x3f);
      into[end++] = 0x80 | ((point >> 6) & 0x3f);
      into[end++] = 0x80 | (point & 0x3f);
    }
  }
  return end;
}
