import { expect, it } from "vitest";
import { freshTickets, Kerberos } from "./kerberos.ts";
import { describeKerberos } from "./kerberos-providers.ts";

/** A sealed message of RFC 4121, turned by another number of bytes (4.2.5). */
function turned(message: Buffer, by: number): Buffer {
  const [header, body] = [Buffer.from(message.subarray(0, 16)), message.subarray(16)];
  const from = (message.readUInt16BE(6) - by) % body.length;
  header.writeUInt16BE(by, 6);
  return Buffer.concat([header, body.subarray(from), body.subarray(0, from)]);
}

describeKerberos(
  (label) => `messages of Kerberos on ${label} that were turned`,
  ({ provider }) => {
    freshTickets();

    it("D6 are opened, whatever they were turned by, one after the other", async () => {
      using kerberos = new Kerberos(provider);
      await kerberos.handshake();
      for (const by of [0, 1, 27, 28]) {
        const sealed = kerberos.client.encrypt(Buffer.from(`turned by ${by}`));
        expect(kerberos.server.decrypt(turned(sealed, by)).toString()).toBe(`turned by ${by}`);
      }
    });
  },
  ({ onePiece }) => onePiece,
);
