import { once } from "node:events";
import type { Duplex } from "node:stream";

/** How RDP numbers what may come next: TLS with CredSSP inside (MS-RDPBCGR, 2.2.1.1.1). */
const credssp = 2;

/** A client's first word. Afterwards the connection is CredSSP's. @throws Error where the server does not speak it */
export async function askForCredssp(transport: Duplex): Promise<void> {
  transport.write(Buffer.from([3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, credssp, 0, 0, 0]));
  const answer = await readPacket(transport);
  const agreed = answer.length === 19 && answer[11] === 2 && answer.readUInt32LE(15) === credssp;
  if (!agreed) throw new Error(`the server does not agree on CredSSP: ${answer.toString("hex")}`);
}

/** What a server answers to it. @throws Error where the client does not offer CredSSP */
export async function agreeOnCredssp(transport: Duplex): Promise<void> {
  const request = await readPacket(transport);
  const offer = request.subarray(-8);
  if (offer[0] !== 1 || !(offer.readUInt32LE(4) & credssp)) throw new Error("the client does not offer CredSSP");
  transport.write(Buffer.from([3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0, 2, 0, 8, 0, credssp, 0, 0, 0]));
}

/** A packet of RFC 1006: its third and fourth byte say how long it is. */
async function readPacket(transport: Duplex): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const length = bytes.length < 4 ? 4 : bytes.readUInt16BE(2);
    if (bytes.length >= 11 && bytes.length >= length) {
      if (bytes.length > length) transport.unshift(bytes.subarray(length));
      return bytes.subarray(0, length);
    }
    if (bytes.length >= 4 && (length < 11 || length > 1024)) throw new Error(`no packet of RDP has ${length} bytes`);
    const part: Buffer | null = transport.read();
    if (part) bytes = Buffer.concat([bytes, part]);
    else if (transport.readableEnded || transport.destroyed) throw new Error("the connection ended before RDP began");
    else await Promise.race([once(transport, "readable"), once(transport, "end"), once(transport, "close")]);
  }
}
