import { createHash, type KeyObject } from "node:crypto";
import { DerReader } from "../values/index.ts";

export type CredsspSide = "client" | "server";

/** From this version on a hash with a nonce is sealed, in place of the key (CVE-2018-0886). */
export const firstHashedVersion = 5;
/** In bytes. */
export const nonceSize = 32;

const labels: Readonly<Record<CredsspSide, string>> = {
  client: "CredSSP Client-To-Server Binding Hash\0",
  server: "CredSSP Server-To-Client Binding Hash\0",
};

/** SubjectPublicKey: the content of the BIT STRING, whatever kind of key it is. */
export function subjectPublicKey(key: KeyObject): Buffer {
  const info = new DerReader(key.export({ type: "spki", format: "der" })).enter(0x30);
  info.take(0x30);
  const [unused, ...bits] = info.take(0x03);
  info.end();
  if (unused !== 0) throw new RangeError(`a public key of whole bytes was expected, got ${unused} bits more`);
  return Buffer.from(bits);
}

export interface Binding {
  /** Whose message it is. */
  readonly side: CredsspSide;
  /** The lower one of both sides' versions. */
  readonly version: number;
  readonly key: Buffer;
  /** The client's; undefined before version 5. */
  readonly nonce: Uint8Array | undefined;
}

/** What a side seals, so that the other learns which key it saw. @see MS-CSSP, 3.1.5 */
export function bindingOf({ side, version, key, nonce }: Binding): Buffer {
  if (version >= firstHashedVersion) {
    if (nonce?.length !== nonceSize) throw new RangeError(`a nonce of ${nonceSize} bytes was expected`);
    return createHash("sha256").update(labels[side]).update(nonce).update(key).digest();
  }
  return side === "client" ? Buffer.from(key) : incremented(key);
}

/** Plus one, as a number whose first byte is the lowest. */
function incremented(key: Buffer): Buffer {
  const sum = Buffer.from(key);
  for (let at = 0; at < sum.length; at += 1) {
    sum[at] = ((sum[at] as number) + 1) & 0xff;
    if (sum[at] !== 0) break;
  }
  return sum;
}
