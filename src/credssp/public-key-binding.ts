import { createHash, type KeyObject } from "node:crypto";
import { DerReader } from "../values/index.ts";

export type CredsspSide = "client" | "server";

/** The first version in which a side seals a hash with a nonce instead of the key (CVE-2018-0886). */
export const firstHashedVersion = 5;
/** The size of a nonce in bytes. */
export const nonceSize = 32;

const labels: Readonly<Record<CredsspSide, string>> = {
  client: "CredSSP Client-To-Server Binding Hash\0",
  server: "CredSSP Server-To-Client Binding Hash\0",
};

/** The SubjectPublicKey: the content of the BIT STRING, for any kind of key. */
export function subjectPublicKey(key: KeyObject): Buffer {
  const info = new DerReader(key.export({ type: "spki", format: "der" })).enter(0x30);
  info.take(0x30);
  const [unused, ...bits] = info.take(0x03);
  info.end();
  if (unused !== 0) throw new RangeError(`a public key of whole bytes was expected, got ${unused} bits more`);
  return Buffer.from(bits);
}

export interface Binding {
  /** The side that sends the message. */
  readonly side: CredsspSide;
  /** The lower one of both sides' versions. */
  readonly version: number;
  readonly key: Buffer;
  /** The client's nonce; undefined before version 5. */
  readonly nonce: Uint8Array | undefined;
}

/** Returns the bytes that a side seals to tell the other side which key it saw. @see MS-CSSP, 3.1.5 */
export function bindingOf({ side, version, key, nonce }: Binding): Buffer {
  if (version >= firstHashedVersion) {
    if (nonce?.length !== nonceSize) throw new RangeError(`a nonce of ${nonceSize} bytes was expected`);
    return createHash("sha256").update(labels[side]).update(nonce).update(key).digest();
  }
  return side === "client" ? Buffer.from(key) : incremented(key);
}

/** Returns the key plus one, as a number whose first byte is the lowest. */
function incremented(key: Buffer): Buffer {
  const sum = Buffer.from(key);
  for (let at = 0; at < sum.length; at += 1) {
    sum[at] = ((sum[at] as number) + 1) & 0xff;
    if (sum[at] !== 0) break;
  }
  return sum;
}
