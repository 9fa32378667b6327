/** The length of the header of a Kerberos message token (RFC 4121, 4.2.6.2), in bytes. */
export const wrapHeaderSize = 16;

const tokenId = 0x0504;
const sealedFlag = 0x02;
const rotationAt = 6;

/** Whether bytes begin as a Kerberos message token; keys that are older than AES have another form of token. */
export function isWrapHeader(header: Uint8Array): boolean {
  return uint16At(header, 0) === tokenId;
}

/** Whether a header's flags say that the message is encrypted. */
export function isSealedHeader(header: Uint8Array): boolean {
  return ((header[2] as number) & sealedFlag) !== 0;
}

/** A header's extra count: the bytes of filler in an encrypted message, of the checksum in another one. */
export function extraCountOf(header: Uint8Array): number {
  return uint16At(header, 4);
}

/** By how many bytes a header says that the message is rotated. */
export function rotationOf(header: Uint8Array): number {
  return uint16At(header, rotationAt);
}

/** Writes the number that {@link rotationOf} reads. */
export function setRotation(header: Buffer, rotation: number): void {
  header.writeUInt16BE(rotation, rotationAt);
}

function uint16At(bytes: Uint8Array, index: number): number {
  return ((bytes[index] as number) << 8) | (bytes[index + 1] as number);
}
