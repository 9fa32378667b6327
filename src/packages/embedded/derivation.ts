import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** One secret out of another, for one purpose: nothing that is derived for one is of use for another. */
export function derive(secret: Uint8Array, purpose: string, salt: Uint8Array = new Uint8Array()): Buffer<ArrayBuffer> {
  return Buffer.from(hkdfSync("sha256", secret, salt, `sspi-ffi psk 1: ${purpose}`, 32));
}

/** {@link derive}, for as long as `use` runs: zeroed then. What node:crypto copies of it is out of reach. */
export function withDerived<T>(
  secret: Uint8Array,
  purpose: string,
  use: (key: Buffer) => T,
  salt: Uint8Array = new Uint8Array(),
): T {
  const key = derive(secret, purpose, salt);
  try {
    return use(key);
  } finally {
    key.fill(0);
  }
}

export function mac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return Buffer.from(hmac.digest());
}

export function hash(...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const sha256 = createHash("sha256");
  for (const part of parts) sha256.update(part);
  return Buffer.from(sha256.digest());
}

/** Takes as long for a wrong byte at the end as for one at the beginning. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
