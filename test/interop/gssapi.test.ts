import { describe, expect, it } from "vitest";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { from, towards } from "./gssapi-handshakes.ts";
import { GssapiPeer } from "./peer.ts";

const sides = [
  ["our client and MIT's server", towards],
  ["MIT's client and our server", from],
] as const;

describeKerberos(
  (label) => `MIT's GSSAPI and ${label}`,
  ({ provider, onePiece, first, binds, agreesWithMit }) => {
    freshTickets();

    describe.each(sides)("%s", (_, handshake) => {
      it.each(["Kerberos", "Negotiate"])("agree with %s on who alice is", async (name) => {
        await using peer = new GssapiPeer();
        if (name === "Negotiate" && handshake === towards && !agreesWithMit)
          return expect(handshake(provider, peer, name)).rejects.toThrow("GSSAPI: InvalidTokenError");
        using _context = await handshake(provider, peer, name);
        expect((await peer.ask({ command: "name" })).name).toBe("alice@EXAMPLE.TEST");
      });

      it("verify each other's signatures, and refuse those of another message", async () => {
        await using peer = new GssapiPeer();
        using context = await handshake(provider, peer, "Kerberos");
        const message = Buffer.from("signed, not sealed");
        expect(context.verify(message, await peer.bytes("sign", message))).toBeUndefined();
        const signature = context.sign(message).toString("hex");
        await peer.bytes("verify", message, { signature });
        const other = Buffer.from("signed by nobody");
        await expect(peer.bytes("verify", other, { signature: context.sign(message).toString("hex") })).rejects.toThrow(
          "BadMICError",
        );
        const theirs = await peer.bytes("sign", message);
        expect(() => context.verify(other, theirs)).toThrow(expect.objectContaining({ operation: "VerifySignature" }));
      });

      it("open what the other has sealed", async () => {
        await using peer = new GssapiPeer();
        using context = await handshake(provider, peer, "Kerberos");
        const secret = Buffer.from("sealed by the one, opened by the other");
        const token = Buffer.alloc(context.query("sizes").cbSecurityTrailer + 32);
        const data = Buffer.from(secret);
        const used = context.encryptInPlace(token, data);
        expect(data.includes(secret)).toBe(false);
        const ours = [token.subarray(0, used), data];
        const sealed = Buffer.concat(first === "token" ? ours : ours.reverse());
        expect(await peer.bytes("unwrap", sealed)).toEqual(secret);
        // "seal" orders its parts as SSPI does, "wrap" begins with the data's bytes.
        const theirs = await peer.bytes(first === "token" ? "seal" : "wrap", secret);
        const cut = first === "token" ? theirs.length - secret.length : secret.length;
        const parts = [theirs.subarray(0, cut), theirs.subarray(cut)];
        const [theirToken, body] = (first === "token" ? parts : parts.reverse()) as [Buffer, Buffer];
        context.decryptInPlace(theirToken, body);
        expect(body).toEqual(secret);
      });

      it("open no message that was changed on the way", async () => {
        await using peer = new GssapiPeer();
        using context = await handshake(provider, peer, "Kerberos");
        const token = Buffer.alloc(128);
        const data = Buffer.from("a message");
        const used = context.encryptInPlace(token, data);
        data[0] = (data[0] as number) ^ 1;
        const ours = [token.subarray(0, used), data];
        const sealed = Buffer.concat(first === "token" ? ours : ours.reverse());
        await expect(peer.bytes("unwrap", sealed)).rejects.toThrow("GSSAPI");
      });

      it("open each other's streams, where a provider makes any, though the token's end is behind theirs", async () => {
        await using peer = new GssapiPeer();
        using context = await handshake(provider, peer, "Kerberos");
        const secret = Buffer.from("a stream");
        if (!onePiece) return expect(() => context.encrypt(secret)).toThrow("SEC_E_BUFFER_TOO_SMALL");
        expect(await peer.bytes("unwrap", context.encrypt(secret))).toEqual(secret);
        const theirs = await peer.bytes("wrap", secret);
        expect(context.decrypt(theirs)).toEqual(secret);
      });

      it("accept the same channel bindings", async () => {
        await using peer = new GssapiPeer();
        using context = await handshake(provider, peer, "Kerberos", { ours: "tls:a", theirs: "tls:a" });
        expect(context.complete).toBe(true);
      });

      it("refuse channel bindings that differ, where a provider checks them", async () => {
        await using peer = new GssapiPeer();
        const outcome = await handshake(provider, peer, "Kerberos", { ours: "tls:a", theirs: "tls:b" }).then(
          (context) => context.close(),
          (error: Error) => error.message,
        );
        const bound = handshake === towards ? binds.client : binds.server;
        if (bound) expect(outcome).toMatch(/BadChannelBindingsError|SEC_E_BAD_BINDINGS/);
        else expect(outcome).toBeUndefined();
      });
    });
  },
);
