import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MessageBuffer, SspiError } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { established, openedInPlace } from "./ntlm.ts";
import { ntlmFacts, providers } from "./providers.ts";

/** The providers whose two sides share one key. */
const agreeing = providers.filter((provider) => ntlmFacts(provider).refusesMessages === undefined);
const disagreeing = providers.filter((provider) => ntlmFacts(provider).refusesMessages !== undefined);

describe.each(agreeing.map((provider) => ({ provider, label: provider.label })))(
  "messages on $label",
  ({ provider }) => {
    it("go both ways with any content, in their order", () => {
      using ntlm = established(provider);
      const message = fc.record({ toServer: fc.boolean(), bytes: fc.uint8Array({ maxLength: 3_000 }) });
      fc.assert(
        fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
          for (const { toServer, bytes } of messages) {
            const [from, to] = toServer ? [ntlm.client, ntlm.server] : [ntlm.server, ntlm.client];
            const sealed = from.encrypt(bytes);
            if (bytes.length > 8) expect(sealed.includes(Buffer.from(bytes))).toBe(false);
            expect(to.decrypt(sealed)).toEqual(Buffer.from(bytes));
          }
        }),
        { numRuns: 50 },
      );
    });

    it("go both ways in place, in buffers that begin anywhere", () => {
      using ntlm = established(provider);
      const { cbSecurityTrailer } = ntlm.client.query("sizes");
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
          fc.nat(15),
          fc.boolean(),
          (bytes, offset, toServer) => {
            const [from, to] = toServer ? [ntlm.client, ntlm.server] : [ntlm.server, ntlm.client];
            const data = Buffer.alloc(bytes.length + 16).subarray(offset, offset + bytes.length);
            data.set(bytes);
            const token = Buffer.alloc(cbSecurityTrailer);
            const used = from.encryptInPlace(token, data);
            expect(used).toBeGreaterThan(0);
            if (bytes.length > 8) expect(data.equals(bytes)).toBe(false);
            expect(to.decryptInPlace(token.subarray(0, used), data)).toBe(bytes.length);
            expect(data).toEqual(Buffer.from(bytes));
          },
        ),
        { numRuns: 100 },
      );
    });

    it("may be encrypted in place and decrypted as one, and the other way round", () => {
      using ntlm = established(provider);
      const { cbSecurityTrailer } = ntlm.client.query("sizes");
      const data = Buffer.from("in place");
      const token = Buffer.alloc(cbSecurityTrailer);
      const used = ntlm.client.encryptInPlace(token, data);
      expect(ntlm.server.decrypt(Buffer.concat([token.subarray(0, used), data])).toString()).toBe("in place");
      const sealed = ntlm.client.encrypt(Buffer.from("as one"));
      const body = sealed.subarray(cbSecurityTrailer);
      ntlm.server.decryptInPlace(sealed.subarray(0, cbSecurityTrailer), body);
      expect(body.toString()).toBe("as one");
    });

    it("may be a mebibyte long, copied and in place", () => {
      using ntlm = established(provider);
      const message = Buffer.alloc(1 << 20, "0123456789abcdef-");
      expect(ntlm.server.decrypt(ntlm.client.encrypt(message)).equals(message)).toBe(true);
      const data = Buffer.from(message);
      const token = Buffer.alloc(ntlm.server.query("sizes").cbSecurityTrailer);
      ntlm.server.encryptInPlace(token, data);
      expect(data.equals(message)).toBe(false);
      ntlm.client.decryptInPlace(token, data);
      expect(data.equals(message)).toBe(true);
    });

    it("go both ways in several buffers, and the read-only ones among them are left alone", () => {
      using ntlm = established(provider);
      const bytes = fc.uint8Array({ maxLength: 40 });
      const some = fc.array(bytes, { maxLength: 3 });
      const parts = fc.record({ before: some, body: fc.array(bytes, { minLength: 1, maxLength: 4 }), after: some });
      const readonly = (each: Uint8Array): MessageBuffer => ({ type: "data", bytes: each, access: "readonly" });
      fc.assert(
        fc.property(parts, fc.boolean(), fc.boolean(), ({ before, body, after }, toServer, inPlace) => {
          const [from, to] = toServer ? [ntlm.client, ntlm.server] : [ntlm.server, ntlm.client];
          const list: MessageBuffer[] = [
            { type: "token" },
            ...before.map(readonly),
            ...body.map((each) => ({ type: "data", bytes: Uint8Array.from(each) }) as const),
            ...after.map(readonly),
          ];
          const sealed = inPlace ? from.encryptBuffersInPlace(list) : from.encryptBuffers(list);
          const received = list.map((buffer, index) => ({ ...buffer, bytes: Buffer.from(sealed[index]?.bytes ?? []) }));
          const plain = [...before, ...body, ...after].map((each) => Buffer.from(each));
          for (const [index, { bytes: now, access }] of received.slice(1).entries())
            if (access || now.length > 8) expect(now.equals(plain[index] as Buffer)).toBe(access !== undefined);
          const opened = inPlace ? to.decryptBuffersInPlace(received) : to.decryptBuffers(received);
          expect(opened.parts.slice(1).map(({ bytes: now }) => now)).toEqual(plain);
        }),
        { numRuns: 60 },
      );
    });

    it("are refused, not left unprotected, where a buffer is read-only and signed", () => {
      using ntlm = established(provider);
      const list: MessageBuffer[] = [
        { type: "data", bytes: Buffer.from("header"), access: "readonlyWithChecksum" },
        { type: "data", bytes: Buffer.from("body") },
        { type: "token" },
      ];
      const what = "data in one row, without parts that are read-only and signed";
      const refusal = `buffers[0]: ${provider.label} protects ${what}`;
      expect(() => ntlm.client.encryptBuffers(list)).toThrow(refusal);
      expect(() => ntlm.server.decryptBuffersInPlace(list)).toThrow(refusal);
    });

    it("that were changed anywhere on the way are refused as altered", () => {
      using ntlm = established(provider);
      const length = ntlm.client.encrypt(Buffer.from("a message")).length;
      using fresh = established(provider);
      for (let at = 0; at < length; at += 1) {
        const sealed = fresh.client.encrypt(Buffer.from("a message"));
        sealed[at] = (sealed[at] as number) ^ 0x01;
        expect(() => fresh.server.decrypt(sealed), `byte ${at}`).toThrow(
          expect.objectContaining({ name: "SspiError", code: "SEC_E_MESSAGE_ALTERED", operation: "DecryptMessage" }),
        );
      }
    });

    it("that are cut, foreign, replayed or out of order are refused with a typed error", () => {
      using ntlm = established(provider);
      using other = established(provider);
      const refused = (bytes: Uint8Array): void => {
        expect(() => ntlm.server.decrypt(bytes)).toThrow(SspiError);
      };
      const first = ntlm.client.encrypt(Buffer.from("first"));
      expect(ntlm.server.decrypt(first).toString()).toBe("first");
      refused(first);
      refused(other.client.encrypt(Buffer.from("foreign")));
      refused(ntlm.client.encrypt(Buffer.from("cut off")).subarray(0, -1));
      refused(Buffer.alloc(64));
    });

    it("are signed and verified, or a typed error says that the provider has no signatures", () => {
      using ntlm = established(provider);
      const message = Buffer.from("not secret, but mine");
      if (provider.version?.startsWith("2.")) {
        const unsupported = expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION" });
        expect(() => ntlm.client.sign(message)).toThrow(unsupported);
        expect(() => ntlm.server.verify(message, Buffer.alloc(16))).toThrow(unsupported);
        return;
      }
      expect(ntlm.server.verify(message, ntlm.client.sign(message))).toBeUndefined();
      expect(ntlm.client.verify(message, ntlm.server.sign(message))).toBeUndefined();
      const signature = ntlm.client.sign(message);
      expect(() => ntlm.server.verify(Buffer.from("not secret, but mine?"), signature)).toThrow(
        expect.objectContaining({ code: "SEC_E_MESSAGE_ALTERED", operation: "VerifySignature" }),
      );
    });
  },
);

describe.each(disagreeing.map((provider) => ({ provider, label: provider.label })))(
  "messages on $label, whose two sides come to different keys",
  ({ provider }) => {
    const refusal = expect.objectContaining({ name: "SspiError", code: ntlmFacts(provider).refusesMessages });
    needsForNtlm(provider);

    it("are sealed by the client alone, and opened by nobody: in either direction, copied or in place", () => {
      using ntlm = established(provider);
      for (const [from, to] of [
        [ntlm.client, ntlm.server],
        [ntlm.server, ntlm.client],
      ] as const) {
        const sealed = from.encrypt(Buffer.from("a message"));
        // The server's message is in the clear. The granted flags are unknown here, and for this reason unknown flags
        // count as not granted.
        expect(sealed.includes("a message")).toBe(from === ntlm.server);
        expect(() => to.decrypt(sealed)).toThrow(refusal);
        expect(() => openedInPlace(from, to, "a message")).toThrow(refusal);
      }
    });

    it("are signed, and verified by nobody", () => {
      using ntlm = established(provider);
      const message = Buffer.from("a message");
      expect(() => ntlm.server.verify(message, ntlm.client.sign(message))).toThrow(refusal);
      expect(() => ntlm.client.verify(message, ntlm.server.sign(message))).toThrow(refusal);
    });

    it("of any length are sealed", () => {
      using ntlm = established(provider);
      const { cbSecurityTrailer } = ntlm.client.query("sizes");
      for (const length of [1, 100, 10_000])
        expect(ntlm.client.encrypt(Buffer.alloc(length)).length).toBe(length + cbSecurityTrailer);
    });
  },
);
