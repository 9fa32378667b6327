import type { JsonWebKey } from "node:crypto";

/** `PRIVATEKEYBLOB`, version 2, of a key that signs and exchanges keys. */
const blobHeader = [7, 2, 0, 0, 0x00, 0xa4, 0, 0];
const magic = "RSA2";

/**
 * A private key of RSA as `CryptImportKey` takes it: BLOBHEADER, RSAPUBKEY, then the numbers, least significant byte
 * first. Secret: the caller zeroes it.
 *
 * @throws RangeError for a key that it has no place for
 */
export function rsaKeyBlob(key: JsonWebKey): Uint8Array<ArrayBuffer> {
  const number = (name: "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi"): Buffer =>
    Buffer.from(key[name] ?? "", "base64url").reverse();
  const [modulus, exponent] = [number("n"), number("e")];
  const whole = modulus.length;
  const half = Math.ceil(whole / 2);
  const parts = [
    [modulus, whole],
    [number("p"), half],
    [number("q"), half],
    [number("dp"), half],
    [number("dq"), half],
    [number("qi"), half],
    [number("d"), whole],
  ] as const;
  if (exponent.length > 4 || parts.some(([part, size]) => part.length > size)) {
    for (const [part] of parts) part.fill(0);
    throw new RangeError(
      "key: expected a public exponent of at most 32 bits, and primes of one length; a PFX may have any",
    );
  }
  const blob = new Uint8Array(20 + parts.reduce((sum, [, size]) => sum + size, 0));
  blob.set(blobHeader);
  blob.set(Buffer.from(magic), 8);
  const view = new DataView(blob.buffer);
  view.setUint32(12, whole * 8, true);
  view.setUint32(16, Buffer.concat([exponent, Buffer.alloc(4)]).readUInt32LE(), true);
  let at = 20;
  for (const [part, size] of parts) {
    blob.set(part, at);
    part.fill(0);
    at += size;
  }
  return blob;
}
