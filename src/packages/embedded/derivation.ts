import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** Derives a secret from another one for one purpose, so that it is useless for any other purpose. */
export function derive(secret: Uint8Array, purpose: string, salt: Uint8Array = new Uint8Array()): Buffer<ArrayBuffer> {
  return Buffer.from(hkdfSync("sha256", secret, salt, `sspi-ffi psk 1: ${purpose}`, 32));
}

/**
 * Calls `use` with the result of {@link derive}, which is zeroed afterwards. Copies that node:crypto makes cannot be
 * zeroed.
 */
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

/** Compares in constant time: a wrong last byte takes as long as a wrong first byte. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
