import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { ClientContext } from "../../src/index.ts";
import { BerReader, element, extent } from "./ber.ts";

/** What is delegated: whoever the client likes. */
export interface Claim {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

const octets = (bytes: Uint8Array | string): Buffer => element(0x04, bytes);
const number = (value: number): Buffer => element(0x02, Buffer.from([value]));

/**
 * A client of CredSSP 6 that knows nothing of the library's own, on a context that has not begun. What it delegates
 * need not be who logs on, and it trusts every server.
 */
export async function logOnByHand(transport: Duplex, context: ClientContext, claim: Claim): Promise<tls.TLSSocket> {
  const socket = tls.connect({ socket: transport, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const key = publicKeyOf(socket);
  const send = (...fields: readonly Buffer[]): unknown =>
    socket.write(element(0x30, element(0xa0, number(6)), ...fields));
  const negotiate = (token: Uint8Array): Buffer =>
    element(0xa1, element(0x30, element(0x30, element(0xa0, octets(token)))));
  let leg = await context.step();
  while (leg.status === "continue") {
    send(negotiate(leg.token));
    leg = await context.step(Buffer.from((await receive(socket, 0xa1)).enter(0x30).enter(0x30).enter(0xa0).take(0x04)));
  }
  const nonce = randomBytes(32);
  const hash = (whose: string): Buffer =>
    createHash("sha256").update(`CredSSP ${whose} Binding Hash\0`).update(nonce).update(key).digest();
  const proof = element(0xa3, octets(context.encrypt(hash("Client-To-Server"))));
  send(...(leg.token?.length ? [negotiate(leg.token)] : []), proof, element(0xa5, octets(nonce)));
  const answer = context.decrypt(Buffer.from((await receive(socket, 0xa3)).take(0x04)));
  if (!answer.equals(hash("Server-To-Client"))) throw new Error("the server has another key");
  const texts = [claim.domain, claim.user, claim.password].map((text) => octets(Buffer.from(text, "utf16le")));
  const password = element(0x30, ...texts.map((text, index) => element(0xa0 + index, text)));
  const credentials = element(0x30, element(0xa0, number(1)), element(0xa1, octets(password)));
  send(element(0xa2, octets(context.encrypt(credentials))));
  return socket;
}

/** The content of the BIT STRING in the server's SubjectPublicKeyInfo. */
function publicKeyOf(socket: tls.TLSSocket): Buffer {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new Error("the server has no certificate");
  const info = new BerReader(certificate.publicKey.export({ type: "spki", format: "der" })).enter(0x30);
  info.take(0x30);
  return info.take(0x03).subarray(1);
}

/** A field of the server's next message. */
async function receive(socket: tls.TLSSocket, field: number): Promise<BerReader> {
  let bytes: Buffer = Buffer.alloc(0);
  while ((extent(bytes)?.end ?? Number.POSITIVE_INFINITY) > bytes.length) {
    const part: Buffer | null = socket.read();
    if (part) bytes = Buffer.concat([bytes, part]);
    else if (socket.readableEnded || socket.destroyed) throw new Error("the server has hung up");
    else await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]);
  }
  const fields = new BerReader(bytes).enter(0x30);
  while (fields.tag !== field) {
    if (fields.tag === undefined) throw new Error(`the server sent no field ${field}: ${bytes.toString("hex")}`);
    fields.take(fields.tag);
  }
  return fields.enter(field);
}
