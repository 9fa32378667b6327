import { secretRoom } from "../../memory/index.ts";
import { DerReader } from "../../values/index.ts";

/** Header of a `PRIVATEKEYBLOB`, version 2, for a key that signs and exchanges keys. */
const blobHeader = [7, 2, 0, 0, 0x00, 0xa4, 0, 0];
const magic = [...Buffer.from("RSA2")];
const headSize = 20;

const sequence = 0x30;
const integer = 0x02;

/**
 * Converts an RSA private key to the form that `CryptImportKey` takes: BLOBHEADER, RSAPUBKEY, then the numbers, least
 * significant byte first. Both forms are secret: the caller zeroes them.
 *
 * @param key an RSAPrivateKey (RFC 8017, A.1.2) in DER
 * @throws RangeError for a key that does not fit into the blob
 */
export function rsaKeyBlob(key: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new DerReader(key).enter(sequence);
  reader.take(integer);
  const next = (): Uint8Array => withoutZeroes(reader.take(integer));
  const [modulus, exponent] = [next(), next()];
  const [d, p, q, dp, dq, qi] = [next(), next(), next(), next(), next(), next()];
  const whole = modulus.length;
  const half = Math.ceil(whole / 2);
  const parts = [
    [modulus, whole],
    [p, half],
    [q, half],
    [dp, half],
    [dq, half],
    [qi, half],
    [d, whole],
  ] as const;
  if (exponent.length > 4 || parts.some(([part, size]) => part.length > size))
    throw new RangeError(
      "key: expected a public exponent of at most 32 bits, and primes of one length; a PFX may have any",
    );
  const blob = secretRoom(headSize + parts.reduce((sum, [, size]) => sum + size, 0));
  blob.set(blobHeader);
  blob.set(magic, blobHeader.length);
  new DataView(blob.buffer).setUint32(12, whole * 8, true);
  writeReversed(blob, exponent, 16);
  let at = headSize;
  for (const [part, size] of parts) {
    writeReversed(blob, part, at);
    at += size;
  }
  return blob;
}

/** Removes the zero that DER writes before a number whose highest bit is set. */
function withoutZeroes(number: Uint8Array): Uint8Array {
  return number[0] === 0 ? number.subarray(1) : number;
}

function writeReversed(blob: Uint8Array, number: Uint8Array, at: number): void {
  blob.set(number, at);
  blob.subarray(at, at + number.length).reverse();
}
