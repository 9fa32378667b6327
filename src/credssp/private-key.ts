import { createPrivateKey, type KeyObject } from "node:crypto";
import { copyOfSecret, secretRoom } from "../memory/index.ts";
import type { PemCertificate } from "../tls/tls-options.ts";

/**
 * Decrypts the private key of a PEM certificate for node:tls, which takes a passphrase as text only. It makes no string
 * of the key or its passphrase; the caller zeroes the result.
 *
 * @throws RangeError naming the option, with OpenSSL's reason
 */
export function openedKey({ key, passphrase }: PemCertificate, argument: string): Uint8Array<ArrayBuffer> {
  const pem = typeof key === "string" ? new TextEncoder().encode(key) : copyOfSecret(key);
  try {
    const opened = keyOf(pem, passphrase, argument);
    if (passphrase === undefined) return copyOfSecret(pem);
    const der = opened.export({ type: "pkcs8", format: "der" });
    try {
      return pemOf(der);
    } finally {
      der.fill(0);
    }
  } finally {
    pem.fill(0);
  }
}

function keyOf(pem: Uint8Array, passphrase: PemCertificate["passphrase"], argument: string): KeyObject {
  const bytes = (secret: Uint8Array): Buffer => Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
  const secret = typeof passphrase === "object" ? bytes(passphrase) : passphrase;
  try {
    return createPrivateKey({ key: bytes(pem), format: "pem", ...(secret !== undefined && { passphrase: secret }) });
  } catch (cause) {
    throw new RangeError(`${argument}.key: cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

const [first, last] = ["-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n"];
const digits = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
/** The bytes in a line of PEM, which has 64 characters. */
const lineBytes = 48;

/** Writes PKCS #8 as PEM, in bytes. */
function pemOf(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const lines = Math.ceil(der.length / lineBytes);
  const pem = secretRoom(first.length + last.length + Math.ceil(der.length / 3) * 4 + lines);
  let at = put(pem, first, 0);
  for (let from = 0; from < der.length; from += 3) {
    if (from > 0 && from % lineBytes === 0) at = put(pem, "\n", at);
    at = putDigits(pem, der.subarray(from, from + 3), at);
  }
  put(pem, `\n${last}`, at);
  return pem;
}

/** Writes up to three bytes as four characters of base64. */
function putDigits(pem: Uint8Array, bytes: Uint8Array, at: number): number {
  const [one = 0, two = 0, three = 0] = bytes;
  const bits = (one << 16) | (two << 8) | three;
  for (let index = 0; index < 4; index += 1)
    pem[at + index] = index > bytes.length ? 0x3d : (digits[(bits >> (18 - 6 * index)) & 0x3f] as number);
  return at + 4;
}

function put(pem: Uint8Array, text: string, at: number): number {
  pem.set(Buffer.from(text), at);
  return at + text.length;
}
