import { createHash, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { ClientContext, ServerContext } from "../../src/index.ts";
import { BerReader, element, extent } from "./ber.ts";

/** The delegated credentials, which the client chooses freely. */
export interface Claim {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

const version = 6;

const octets = (bytes: Uint8Array | string): Buffer => element(0x04, bytes);
const number = (value: number): Buffer => element(0x02, Buffer.from([value]));
const negotiate = (token: Uint8Array): Buffer =>
  element(0xa1, element(0x30, element(0x30, element(0xa0, octets(token)))));
const tokenOf = (field: BerReader): Buffer => Buffer.from(field.enter(0x30).enter(0x30).enter(0xa0).take(0x04));

/** The bytes that a side seals to prove the server's key. */
function binding(whose: "Client-To-Server" | "Server-To-Client", nonce: Buffer, key: Buffer): Buffer {
  return createHash("sha256").update(`CredSSP ${whose} Binding Hash\0`).update(nonce).update(key).digest();
}

function send(socket: tls.TLSSocket, ...fields: readonly Buffer[]): void {
  socket.write(element(0x30, element(0xa0, number(version)), ...fields));
}

/**
 * A client of CredSSP 6 that shares no code with the library's, on a context that has not begun. It may delegate
 * another user than the one who logs on, and it trusts every server.
 */
export async function logOnByHand(transport: Duplex, context: ClientContext, claim: Claim): Promise<tls.TLSSocket> {
  const socket = tls.connect({ socket: transport, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const key = publicKeyOf(socket);
  let leg = await context.step();
  while (leg.status === "continue") {
    send(socket, negotiate(leg.token));
    leg = await context.step(tokenOf(await receive(socket, 0xa1)));
  }
  const nonce = randomBytes(32);
  const proof = element(0xa3, octets(context.encrypt(binding("Client-To-Server", nonce, key))));
  send(socket, ...(leg.token?.length ? [negotiate(leg.token)] : []), proof, element(0xa5, octets(nonce)));
  const answer = context.decrypt(Buffer.from((await receive(socket, 0xa3)).take(0x04)));
  if (!answer.equals(binding("Server-To-Client", nonce, key))) throw new Error("the server has another key");
  const texts = [claim.domain, claim.user, claim.password].map((text) => octets(Buffer.from(text, "utf16le")));
  const password = element(0x30, ...texts.map((text, index) => element(0xa0 + index, text)));
  const credentials = element(0x30, element(0xa0, number(1)), element(0xa1, octets(password)));
  send(socket, element(0xa2, octets(context.encrypt(credentials))));
  return socket;
}

/**
 * A server of the same kind, on a context that has not begun: what was delegated, TSCredentials.
 *
 * @param changed what becomes of its proof of the key after it is sealed.
 */
export async function acceptByHand(
  transport: Duplex,
  context: ServerContext,
  certificate: { readonly cert: string; readonly key: string },
  changed: (sealed: Buffer) => Buffer,
): Promise<Buffer> {
  const socket = new tls.TLSSocket(transport, { isServer: true, ...certificate });
  const key = contentOf(new X509Certificate(certificate.cert).publicKey);
  for (;;) {
    const fields = await receiveAll(socket);
    const [token, proof, nonce] = [0xa1, 0xa3, 0xa5].map((field) => fields.get(field));
    const leg = token && (await context.step(tokenOf(token)));
    const answer = leg?.token?.length ? [negotiate(leg.token)] : [];
    if (!proof || !nonce) send(socket, ...answer);
    else {
      const random = nonce.take(0x04);
      const said = context.decrypt(Buffer.from(proof.take(0x04)));
      if (!said.equals(binding("Client-To-Server", random, key))) throw new Error("the client has seen another key");
      const own = changed(context.encrypt(binding("Server-To-Client", random, key)));
      send(socket, ...answer, element(0xa3, octets(own)));
      return context.decrypt(Buffer.from((await receive(socket, 0xa2)).take(0x04)));
    }
  }
}

function publicKeyOf(socket: tls.TLSSocket): Buffer {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new Error("the server has no certificate");
  return contentOf(certificate.publicKey);
}

/** The content of the BIT STRING in a SubjectPublicKeyInfo. */
function contentOf(key: KeyObject): Buffer {
  const info = new BerReader(key.export({ type: "spki", format: "der" })).enter(0x30);
  info.take(0x30);
  return info.take(0x03).subarray(1);
}

/** A field of the peer's next message. */
async function receive(socket: tls.TLSSocket, field: number): Promise<BerReader> {
  const fields = await receiveAll(socket);
  const found = fields.get(field);
  if (!found) throw new Error(`the peer sent no field ${field}, but ${[...fields.keys()].join(", ")}`);
  return found;
}

/** The fields of the peer's next message. */
async function receiveAll(socket: tls.TLSSocket): Promise<ReadonlyMap<number, BerReader>> {
  let bytes: Buffer = Buffer.alloc(0);
  while ((extent(bytes)?.end ?? Number.POSITIVE_INFINITY) > bytes.length) {
    const part: Buffer | null = socket.read();
    if (part) bytes = Buffer.concat([bytes, part]);
    else if (socket.readableEnded || socket.destroyed) throw new Error("the peer has hung up");
    else await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]);
  }
  const reader = new BerReader(bytes).enter(0x30);
  const fields = new Map<number, BerReader>();
  while (reader.tag !== undefined) fields.set(reader.tag, reader.enter(reader.tag));
  return fields;
}
