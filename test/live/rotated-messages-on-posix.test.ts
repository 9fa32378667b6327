import { expect, it } from "vitest";
import { freshTickets, Kerberos } from "./kerberos.ts";
import { describeKerberos } from "./kerberos-providers.ts";
import { turned } from "./turned-message.ts";

describeKerberos(
  (label) => `messages of Kerberos on ${label} that were turned`,
  ({ provider }) => {
    freshTickets();

    it("D6 are opened one after the other, whatever they were rotated by", async () => {
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
