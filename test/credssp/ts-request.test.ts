import * as asn1js from "asn1js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestReader } from "../../src/credssp/request-reader.ts";
import { decodeRequest, encodeRequest, type TsRequest } from "../../src/credssp/ts-request.ts";
import { refusalOf } from "./refusal-of.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

const bytes = fc.uint8Array({ maxLength: 300 });
const requests = fc.record(
  {
    version: fc.nat(8),
    negoToken: bytes,
    authInfo: bytes,
    pubKeyAuth: bytes,
    errorCode: fc.nat(0xffff_ffff),
    clientNonce: bytes,
  },
  { requiredKeys: ["version"] },
);

const octets = (valueHex: Uint8Array) => new asn1js.OctetString({ valueHex: Uint8Array.from(valueHex).buffer });
const sequence = (...value: asn1js.BaseBlock[]) => new asn1js.Sequence({ value });
const tagged = (tagNumber: number, inside: asn1js.BaseBlock) =>
  new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [inside] });

/** A request as asn1js writes it. */
function oracle(request: TsRequest): Buffer {
  const { version, negoToken, authInfo, pubKeyAuth, errorCode, clientNonce } = request;
  const fields = [tagged(0, new asn1js.Integer({ value: version }))];
  if (negoToken) fields.push(tagged(1, sequence(sequence(tagged(0, octets(negoToken))))));
  if (authInfo) fields.push(tagged(2, octets(authInfo)));
  if (pubKeyAuth) fields.push(tagged(3, octets(pubKeyAuth)));
  if (errorCode !== undefined) fields.push(tagged(4, asn1js.Integer.fromBigInt(BigInt(errorCode))));
  if (clientNonce) fields.push(tagged(5, octets(clientNonce)));
  return Buffer.from(sequence(...fields).toBER());
}

function plain(request: TsRequest): object {
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => [name, typeof value === "number" ? value : Buffer.from(value)]),
  );
}

/** Whether asn1js reads all of it; asn1js refuses some input by throwing. */
function isSound(bytes: Uint8Array): boolean {
  try {
    const { offset, result } = asn1js.fromBER(Uint8Array.from(bytes).buffer);
    return offset === bytes.length && result.error === "";
  } catch {
    return false;
  }
}

describe("a TSRequest", () => {
  it("is written as asn1js writes it, and read back", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const written = encodeRequest(request);
        expect(written.equals(oracle(request))).toBe(true);
        expect(plain(decodeRequest(written))).toEqual(plain(request));
      }),
    );
  });

  it("is refused wherever asn1js refuses bytes that were changed, and read as asn1js reads them", () => {
    fc.assert(
      fc.property(requests, fc.nat(), fc.integer({ min: 1, max: 255 }), (request, where, change) => {
        const written = encodeRequest(request);
        const at = where % written.length;
        written[at] = (written[at] as number) ^ change;
        const sound = isSound(written);
        let ours: TsRequest | undefined;
        try {
          ours = decodeRequest(written);
        } catch (error) {
          expect((error as { code?: string }).code).toBe("SEC_E_INVALID_TOKEN");
        }
        if (ours) expect(sound).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("is read with lengths that are not the shortest, as rdesktop writes them", () => {
    const request = decodeRequest(hex("30 82 00 0f a0 81 03 02 01 02 a3 84 00 00 00 03 04 01 ff"));
    expect(plain(request)).toEqual({ version: 2, pubKeyAuth: Buffer.of(0xff) });
  });

  it.each([
    ["a negative number of four bytes", "02 04 c0 00 00 6d"],
    ["a number of five bytes", "02 05 00 c0 00 00 6d"],
  ])("has a status that is written as %s", (_, number) => {
    const body = hex(number);
    const field = Buffer.concat([Buffer.of(0xa4, body.length), body]);
    const whole = Buffer.concat([Buffer.of(0x30, 5 + field.length), hex("a0 03 02 01 06"), field]);
    expect(decodeRequest(whole).errorCode).toBe(0xc000006d);
  });

  it.each([
    ["nothing", ""],
    ["another tag", "31 05 a0 03 02 01 06"],
    ["no version", "30 00"],
    ["bytes behind it", "30 05 a0 03 02 01 06 00"],
    ["bytes behind its version", "30 07 a0 05 02 01 06 05 00"],
    ["a field that nobody knows", "30 09 a0 03 02 01 06 a6 02 04 00"],
    ["a field twice", "30 0d a0 03 02 01 06 a3 02 04 00 a3 02 04 00"],
    ["fields in another order", "30 0d a0 03 02 01 06 a3 02 04 00 a2 02 04 00"],
    ["two tokens", "30 15 a0 03 02 01 06 a1 0e 30 0c 30 04 a0 02 04 00 30 04 a0 02 04 00"],
    ["an empty list of tokens", "30 09 a0 03 02 01 06 a1 02 30 00"],
    ["a version of no bytes", "30 04 a0 02 02 00"],
    ["a version of six bytes", "30 0a a0 08 02 06 00 00 00 00 00 06"],
    ["a version of five bytes that are all used", "30 09 a0 07 02 05 01 00 00 00 06"],
    ["a version that is not in its shortest form", "30 06 a0 04 02 02 00 06"],
    ["an indefinite length", "30 80 a0 03 02 01 06 00 00"],
    ["a length that is longer than what there is", "30 06 a0 03 02 01 06"],
  ])("is refused with %s: SEC_E_INVALID_TOKEN", (_, text) => {
    expect(refusalOf(() => decodeRequest(hex(text))).code).toBe("SEC_E_INVALID_TOKEN");
  });
});

describe("the bytes that come out of TLS", () => {
  it("are cut into messages wherever their pieces begin", () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (all, size) => {
        const messages = all.map(encodeRequest);
        const stream = Buffer.concat(messages);
        const reader = new RequestReader();
        const taken: Buffer[] = [];
        for (let at = 0; at < stream.length; at += size) {
          reader.push(stream.subarray(at, at + size));
          for (let one = reader.take(); one; one = reader.take()) taken.push(one);
        }
        expect(Buffer.concat(taken).equals(stream)).toBe(true);
        expect(taken).toHaveLength(messages.length);
        expect(reader.rest).toHaveLength(0);
      }),
    );
  });

  it("N10: are copied in proportion to their number when they come one by one", () => {
    const reader = new RequestReader();
    reader.push(hex("30 82 ff fc"));
    const rooms = new Set<ArrayBufferLike>();
    for (let count = 0; count < 0xfffc; count += 1) {
      reader.push(Uint8Array.of(count));
      rooms.add(reader.rest.buffer);
    }
    expect(reader.take()).toHaveLength(0x1_0000);
    expect(rooms.size).toBeLessThan(10);
  });

  it.each([
    ["a message of 64 KiB and a byte", "30 82 ff fd", false],
    ["a message of exactly 64 KiB", "30 82 ff fc", true],
    ["a message of 4 GiB", "30 84 ff ff ff ff", false],
    ["an indefinite length", "30 80", false],
    ["a length of five bytes", "30 85", false],
    ["something else", "16", false],
  ])("N10: are judged by the head of a message alone, with %s", (_, head, good) => {
    const push = (): void => new RequestReader().push(hex(head));
    if (good) push();
    else expect(refusalOf(push).code).toBe("SEC_E_INVALID_TOKEN");
  });
});
