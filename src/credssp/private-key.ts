import { createPrivateKey, type KeyObject } from "node:crypto";
import { copyOfSecret, secretRoom } from "../memory/index.ts";
import type { Pem, TlsCertificate } from "../tls/index.ts";

type PemCertificate = Extract<TlsCertificate, { readonly cert: Pem }>;

/**
 * The private key of a certificate in PEM, for node:tls: without its passphrase, which node:tls takes as text only. No
 * string is made of the key or of its passphrase; the caller zeroes what it gets.
 *
 * @throws RangeError naming the option, with the reason of OpenSSL
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
/** Bytes in a line of PEM, which has 64 characters. */
const lineBytes = 48;

/** PEM of PKCS #8, as bytes. */
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

/** Up to three bytes as four characters of base64. */
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
