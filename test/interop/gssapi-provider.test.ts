import { describe, expect, it } from "vitest";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { from, towards } from "./gssapi-handshakes.ts";
import { GssapiPeer } from "./peer.ts";

const sides = [
  ["our client and its server", towards],
  ["its client and our server", from],
] as const;

describeKerberos(
  (label) => `the provider over GSSAPI in another process, and ${label}`,
  ({ provider, onePiece, binds }) => {
    freshTickets();
    // Where a token's size differs from the announced one, both understand DCE style only.
    const dce = !onePiece;

    describe.each(sides)("%s", (_, handshake) => {
      it("agree on who alice is by Kerberos and by Negotiate", async () => {
        await using peer = new GssapiPeer("provider");
        const named = async (name: string): Promise<string | undefined> => {
          using _context = await handshake(provider, peer, name);
          return (await peer.ask({ command: "name" })).name;
        };
        // A client learns the service's name as it asked for it, which was without a realm.
        const expected = handshake === towards ? "alice@EXAMPLE.TEST" : "HTTP/localhost";
        expect(await named("Kerberos")).toBe(expected);
        // Also for a client that begins with a TGT-REQ: Kerberos is agreed on after it.
        expect(await named("Negotiate")).toBe(expected);
      });

      it("verify each other's signatures and open what the other has sealed, and nothing that was changed", async () => {
        await using peer = new GssapiPeer("provider");
        using context = await handshake(provider, peer, "Kerberos", { dce });
        const message = Buffer.from("to the other process, and from it");
        expect(context.verify(message, await peer.bytes("sign", message))).toBeUndefined();
        await peer.bytes("verify", message, { signature: context.sign(message).toString("hex") });
        const token = Buffer.alloc(128);
        const data = Buffer.from(message);
        const used = context.encryptInPlace(token, data);
        expect(await peer.bytes("unwrap", Buffer.concat([token.subarray(0, used), data]))).toEqual(message);
        const theirs = await peer.bytes("seal", message);
        const cut = theirs.length - message.length;
        const body = Buffer.from(theirs.subarray(cut));
        context.decryptInPlace(theirs.subarray(0, cut), body);
        expect(body).toEqual(message);
        const again = Buffer.from(message);
        const size = context.encryptInPlace(token, again);
        again[0] = (again[0] ?? 0) ^ 1;
        await expect(peer.bytes("unwrap", Buffer.concat([token.subarray(0, size), again]))).rejects.toThrow("SEC_E_");
      });

      it("refuse channel bindings that differ, where a side checks them", async () => {
        await using peer = new GssapiPeer("provider");
        const outcome = await handshake(provider, peer, "Kerberos", { ours: "tls:a", theirs: "tls:b" }).then(
          (context) => context.close(),
          (error: Error) => error.message,
        );
        const bound = handshake === from ? binds.server : true;
        if (bound) expect(outcome).toMatch(/SEC_E_BAD_BINDINGS/);
        else expect(outcome).toBeUndefined();
      });
    });
  },
);
