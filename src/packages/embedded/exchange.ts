import { randomBytes } from "node:crypto";
import { PackageError } from "../author/index.ts";
import { derive, hash, mac, same, withDerived } from "./derivation.ts";
import { packFields, readFields, sized, textOf, uint64 } from "./fields.ts";
import { maxName } from "./key-store.ts";

const nonceSize = 32;
const macSize = 32;

/** The client's first message. */
export interface Greeting {
  readonly user: string;
  readonly target: string;
  /** SHA-256 of the channel bindings; empty if there are none. */
  readonly bindings: Buffer;
}

/** The server's reply. */
export interface Challenge {
  readonly server: string;
  /** How long the session lasts, in seconds: a duration, because the clocks of the two sides differ. */
  readonly lifetime: number;
}

export function bindingsHash(bindings: Buffer | undefined): Buffer {
  return bindings ? hash(bindings) : Buffer.alloc(0);
}

export function packGreeting({ user, target, bindings }: Greeting): Buffer<ArrayBuffer> {
  return packFields("greeting", [randomBytes(nonceSize), Buffer.from(user), Buffer.from(target), bindings]);
}

export function readGreeting(token: Buffer): Greeting {
  const [nonce, user, target, bindings] = readFields("greeting", token, 4) as [Buffer, Buffer, Buffer, Buffer];
  sized(nonce, nonceSize);
  if (bindings.length !== 0) sized(bindings, macSize);
  if (user.length > maxName || target.length > maxName) throw new PackageError("SEC_E_INVALID_TOKEN");
  return { user: textOf(user), target: textOf(target), bindings };
}

/** Proves to the client that the server knows the key; the proof covers everything that both sides have sent. */
export function packChallenge(key: Uint8Array, greeting: Buffer, { server, lifetime }: Challenge): Buffer<ArrayBuffer> {
  const said = [randomBytes(nonceSize), Buffer.from(server), uint64(lifetime)];
  const proof = serverProof(key, greeting, packFields("challenge", said));
  return packFields("challenge", [...said, proof]);
}

/** Reads the server's reply and checks its proof. @throws PackageError SEC_E_LOGON_DENIED if the proof is wrong */
export function readChallenge(key: Uint8Array, greeting: Buffer, token: Buffer): Challenge {
  const [nonce, server, lifetime, proof] = readFields("challenge", token, 4) as [Buffer, Buffer, Buffer, Buffer];
  sized(nonce, nonceSize);
  sized(lifetime, 8);
  const said = packFields("challenge", [nonce, server, lifetime]);
  if (!same(serverProof(key, greeting, said), proof)) throw new PackageError("SEC_E_LOGON_DENIED");
  return { server: textOf(server), lifetime: Number(lifetime.readBigUInt64BE()) };
}

function serverProof(key: Uint8Array, greeting: Buffer, said: Buffer): Buffer {
  return withDerived(key, "server's proof", (derived) => mac(derived, hash(greeting), said));
}

/** Proves to the server that the client knows the key and saw the server's proof. */
export function packProof(key: Uint8Array, greeting: Buffer, challenge: Buffer): Buffer<ArrayBuffer> {
  return packFields("proof", [clientProof(key, greeting, challenge)]);
}

/** Checks the client's proof. @throws PackageError SEC_E_LOGON_DENIED if the proof is wrong */
export function checkProof(key: Uint8Array, greeting: Buffer, challenge: Buffer, token: Buffer): void {
  const [proof] = readFields("proof", token, 1) as [Buffer];
  if (!same(clientProof(key, greeting, challenge), proof)) throw new PackageError("SEC_E_LOGON_DENIED");
}

function clientProof(key: Uint8Array, greeting: Buffer, challenge: Buffer): Buffer {
  return withDerived(key, "client's proof", (derived) => mac(derived, hash(greeting), hash(challenge)));
}

/** The secret of the session, which only the two sides know: derived from the key and both nonces. */
export function sessionSecret(key: Uint8Array, greeting: Buffer, challenge: Buffer): Buffer<ArrayBuffer> {
  return derive(key, "session", hash(hash(greeting), hash(challenge)));
}
