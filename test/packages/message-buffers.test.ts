import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MessageBuffer, MessagePart } from "../../src/index.ts";
import { PackageError } from "../../src/packages.ts";
import { handshake, hosted, type Pair } from "./hosted.ts";
import { pskHost, shaken } from "./psk.ts";
import { sessionsWith, TestSession, testPackage } from "./test-package.ts";

const code = (name: string): unknown => expect.objectContaining({ name: "SspiError", code: name });

const received = (list: readonly MessageBuffer[], parts: readonly MessagePart[]): MessageBuffer[] =>
  list.map((buffer, index) => ({ ...buffer, bytes: Buffer.from(parts[index]?.bytes ?? []) }));

/** The buffers of a remote procedure call: header and trailer in plain text, and a body of two encrypted pieces. */
const rpc = (): MessageBuffer[] => [
  { type: "data", bytes: Buffer.from("header"), access: "readonlyWithChecksum" },
  { type: "data", bytes: Buffer.from("a body in ") },
  { type: "data", bytes: Buffer.from("two pieces") },
  { type: "data", bytes: Buffer.from("trailer"), access: "readonlyWithChecksum" },
  { type: "data", bytes: Buffer.from("unsigned"), access: "readonly" },
  { type: "token" },
];

function flip({ bytes }: MessageBuffer): void {
  if (bytes?.[0] !== undefined) bytes[0] ^= 1;
}

describe("the embedded package, with several message buffers", () => {
  it.each([false, true])("seals the body and authenticates the readable buffers; in place: %s", (inPlace) => {
    using pair = shaken({ clientHost: pskHost() });
    const list = rpc();
    const parts = inPlace ? pair.client.encryptBuffersInPlace(list) : pair.client.encryptBuffers(list);
    const message = received(list, parts);
    const texts = message.map(({ bytes }) => bytes?.toString());
    expect([texts[0], texts[3], texts[4]]).toEqual(["header", "trailer", "unsigned"]);
    expect([texts[1], texts[2]]).not.toContain("a body in ");
    expect(list[1]?.bytes?.toString() === "a body in ").toBe(!inPlace);
    for (const [index, { access }] of message.entries()) {
      if (access === "readonly") continue;
      const altered = received(list, parts);
      flip(altered[index] as MessageBuffer);
      expect(() => pair.server.decryptBuffers(altered), `buffer ${index}`).toThrow(code("SEC_E_MESSAGE_ALTERED"));
    }
    flip(message[4] as MessageBuffer);
    const opened = inPlace ? pair.server.decryptBuffersInPlace(message) : pair.server.decryptBuffers(message);
    expect(opened).toMatchObject({ code: "SEC_E_OK", quality: 0, encrypted: true });
    expect(opened.parts.slice(0, 5).map(({ bytes }) => bytes.toString())).toEqual([
      "header",
      "a body in ",
      "two pieces",
      "trailer",
      "tnsigned",
    ]);
  });

  it("reads as one buffer what was sealed in several, and the other way round", () => {
    using pair = shaken({ clientHost: pskHost() });
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pieces, (given) => {
        const data = given.map((bytes) => ({ type: "data", bytes: Uint8Array.from(bytes) }) as const);
        const parts = pair.client.encryptBuffers([{ type: "token" }, ...data]);
        const whole = Buffer.concat(parts.map(({ bytes }) => bytes));
        expect(pair.server.decrypt(whole)).toEqual(Buffer.concat(given));
        const sealed = pair.server.encrypt(Buffer.concat(given));
        const opened = pair.client.decryptBuffers([{ type: "stream", bytes: sealed }, { type: "data" }]);
        expect(opened.parts[1]).toMatchObject({ type: "data", bytes: Buffer.concat(given) });
      }),
      { numRuns: 30 },
    );
  });

  it('signs all buffers except those with the access "readonly"', () => {
    using pair = shaken({ clientHost: pskHost() });
    const list = rpc();
    for (const [index, { access }] of list.entries()) {
      const message = received(list, pair.client.signBuffers(list));
      expect(message.slice(0, 5).map(({ bytes }) => bytes)).toEqual(list.slice(0, 5).map(({ bytes }) => bytes));
      flip(message[index] as MessageBuffer);
      if (access === "readonly") expect(pair.server.verifyBuffers(message).code).toBe("SEC_E_OK");
      else {
        expect(() => pair.server.verifyBuffers(message), `buffer ${index}`).toThrow(code("SEC_E_MESSAGE_ALTERED"));
        flip(message[index] as MessageBuffer);
        pair.server.verifyBuffers(message);
      }
    }
  });

  it("refuses every quality of protection but its own", () => {
    using pair = shaken({ clientHost: pskHost() });
    const data = Buffer.from("m");
    const refused = code("SEC_E_QOP_NOT_SUPPORTED");
    expect(() => pair.client.encrypt(data, { quality: "wrapNoEncrypt" })).toThrow(refused);
    expect(() => pair.client.sign(data, { quality: 1 })).toThrow(refused);
    pair.server.verify(data, pair.client.sign(data));
  });
});

describe("a TypeScript package, with several message buffers", () => {
  const opened = (members: object): Pair =>
    handshake(hosted(testPackage({ openSession: sessionsWith(members) })).provider);

  it("gets associated data only if its session sets authenticatesAssociated; otherwise the host refuses it", () => {
    using pair = handshake(hosted().provider);
    const refused = code("SEC_E_UNSUPPORTED_FUNCTION");
    expect(() => pair.client.encryptBuffers(rpc())).toThrow(refused);
    expect(() => pair.server.decryptBuffers(rpc())).toThrow(refused);
    const plain = rpc().filter(({ access }) => access !== "readonlyWithChecksum");
    const message = received(plain, pair.client.encryptBuffers(plain));
    const texts = pair.server.decryptBuffers(message).parts.map(({ bytes }) => bytes.toString());
    expect(texts.slice(0, 3)).toEqual(["a body in ", "two pieces", "unsigned"]);
  });

  it("can number datagrams by the sender's sequence numbers and accept them in any order", () => {
    const numbered = (message: Buffer, sequence: number): Buffer =>
      createHmac("sha256", "key").update(message).update(`${sequence}`).digest().subarray(0, 16);
    type Numbered = { readonly sequence: number };
    using pair = opened({
      seal: (data: Buffer, { sequence }: Numbered) => ({ data, token: numbered(data, sequence) }),
      unseal: (data: Buffer, token: Buffer, { sequence }: Numbered) => {
        if (!token.equals(numbered(data, sequence))) throw new PackageError("SEC_E_OUT_OF_SEQUENCE");
        return data;
      },
      sign: (data: Buffer, { sequence }: Numbered) => numbered(data, sequence),
      verify: (data: Buffer, token: Buffer, { sequence }: Numbered) => token.equals(numbered(data, sequence)),
    });
    const { client, server } = pair;
    const data = Buffer.from("datagram");
    const sealed = [0, 1, 2].map((sequence) => client.encrypt(data, { sequence }));
    const signatures = [0, 1, 2].map((sequence) => client.sign(data, { sequence }));
    for (const sequence of [2, 0, 1]) {
      expect(server.decrypt(sealed[sequence] as Buffer, { sequence })).toEqual(data);
      server.verify(data, signatures[sequence] as Buffer, { sequence });
      expect(() => server.decrypt(sealed[sequence] as Buffer, { sequence: 7 })).toThrow(code("SEC_E_OUT_OF_SEQUENCE"));
      const another = { sequence: sequence + 1 };
      expect(() => server.verify(data, signatures[sequence] as Buffer, another)).toThrow(code("SEC_E_MESSAGE_ALTERED"));
    }
  });

  it("gets associated data separately from the body", () => {
    const seen: string[] = [];
    const seal = TestSession.prototype.seal;
    using pair = opened({
      authenticatesAssociated: true,
      seal(this: TestSession, message: Buffer, { associated }: { associated: Buffer }) {
        seen.push(`${message}|${associated}`);
        return seal.call(this, message);
      },
    });
    pair.client.encryptBuffers(rpc());
    pair.client.encrypt(Buffer.from("alone"));
    expect(seen).toEqual(["a body in two pieces|headertrailer", "alone|"]);
  });
});
