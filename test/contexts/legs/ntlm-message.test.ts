import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flawOfNtlm, readNtlm } from "../../../src/contexts/legs/ntlm-message.ts";
import { authenticate, challenge, ntlm, pair } from "../../explain/tokens.ts";

/** The messages of MS-NLMP 2.2.1: the size of the head without a version, the place of the flags, the fields' places. */
const layouts = [
  [1, 32, 12, { domain: 16, workstation: 24 }],
  [2, 48, 20, { targetName: 12, targetInfo: 40 }],
  [3, 64, 60, { lmResponse: 12, ntResponse: 20, domain: 28, user: 36, workstation: 44, sessionKey: 52 }],
] as const;

const end = pair(0, Buffer.alloc(0));
const flagsPair = (value: number): Buffer => pair(6, Buffer.of(value, 0, 0, 0));

/** An NTLMv2 response: proof and head of the client's challenge, then pairs. */
const response = (...pairs: readonly Buffer[]): Buffer => Buffer.concat([Buffer.alloc(44, 0xee), ...pairs]);

/** An AUTHENTICATE_MESSAGE with a response, and `after` behind it. */
function answer(ntResponse: Buffer, after: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([ntlm(3, 64, 60, 0, [[20, ntResponse]]), after]);
}

describe.each(layouts)("readNtlm() of a message of type %i", (type, size, flagsAt, places) => {
  const field = fc.uint8Array({ maxLength: 40 }).map((bytes): Buffer => Buffer.from(bytes));
  const fields = fc.tuple(...Object.values(places).map(() => field));

  it("reads the flags and each field by its name", () => {
    fc.assert(
      fc.property(fields, fc.nat(0xffff_ffff), (values, flags) => {
        const given = Object.values(places).map((at, index) => [at, values[index] as Buffer] as const);
        const read = readNtlm(ntlm(type, size, flagsAt, flags, given));
        expect(read).toMatchObject({ type, flags });
        const expected = Object.keys(places).map((name, index) => [name, values[index]]);
        expect(Object.fromEntries(read?.fields ?? [])).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 20 },
    );
  });

  it("reads of a message that was cut what is completely inside, at every length", () => {
    const values = Object.values(places).map((at, index) => [at, Buffer.alloc(5, index + 1)] as const);
    const whole = ntlm(type, size, flagsAt, 0x1234_5678, values);
    for (let length = 0; length <= whole.length; length += 1) {
      const read = readNtlm(whole.subarray(0, length));
      if (length < 12) expect(read).toBeUndefined();
      else expect(read?.flags).toBe(length < flagsAt + 4 ? undefined : 0x1234_5678);
      const inside = Object.keys(places).filter((_, index) => length >= 12 && length >= size + 5 * (index + 1));
      expect([...(read?.fields.keys() ?? [])]).toEqual(inside);
    }
  });

  it("reads no field whose descriptor is cut", () => {
    const [first = 0] = Object.values(places);
    // The value lies before its descriptor's last byte, so that only the descriptor is not inside.
    const message = ntlm(type, size, flagsAt, 0, []);
    message.writeUInt16LE(1, first);
    message.writeUInt32LE(8, first + 4);
    expect(readNtlm(message.subarray(0, first + 7))?.fields.size).toBe(0);
    expect(readNtlm(message.subarray(0, first + 8))?.fields.size).toBe(1);
  });
});

describe("readNtlm()", () => {
  it.each([0, 4, 0xffff_ffff])("knows no message of type %i", (type) => {
    expect(readNtlm(ntlm(type, 64, 60, 0, []))).toBeUndefined();
  });

  it("reads the pairs of a challenge and of an NTLMv2 response", () => {
    expect([...(readNtlm(challenge())?.pairs.keys() ?? [])]).toEqual([2, 3, 7]);
    expect([...(readNtlm(authenticate())?.pairs.keys() ?? [])]).toEqual([6, 9, 10]);
  });

  it("reads any pairs up to their end, and no pair that runs over it", () => {
    const some = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.uint8Array({ maxLength: 9 })), {
      selector: ([id]) => id,
      maxLength: 5,
    });
    fc.assert(
      fc.property(some, fc.nat(9), (pairs, cut) => {
        const encoded = pairs.map(([id, value]) => pair(id, Buffer.from(value)));
        const bytes = Buffer.concat(encoded);
        const list = bytes.subarray(0, Math.max(0, bytes.length - cut));
        let at = 0;
        const inside = pairs.filter((_, index) => {
          at += (encoded[index] as Buffer).length;
          return at <= list.length;
        });
        const expected = inside.map(([id, value]) => [id, Buffer.from(value)]);
        for (const message of [ntlm(2, 48, 20, 0, [[40, list]]), answer(response(list))])
          expect([...(readNtlm(message)?.pairs ?? [])]).toEqual(expected);
        const behindEnd = Buffer.concat([end, bytes]);
        expect(readNtlm(ntlm(2, 48, 20, 0, [[40, behindEnd]]))?.pairs.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("takes a response of 24 bytes for NTLMv1, which has no pairs and no MIC, whatever is in it", () => {
    const v1 = Buffer.concat([Buffer.alloc(20), flagsPair(2)]).subarray(0, 24);
    expect(readNtlm(answer(v1, response(flagsPair(2), end)))).toMatchObject({ hasMic: false, pairs: new Map() });
    expect(readNtlm(answer(Buffer.alloc(0)))).toMatchObject({ hasMic: false, pairs: new Map() });
  });

  it.each([
    ["says so", [flagsPair(2), end], true],
    ["says so among other flags, behind other pairs", [pair(2, Buffer.alloc(7)), flagsPair(7), end], true],
    ["says no", [flagsPair(0), end], false],
    ["says no beside other flags", [flagsPair(5), end], false],
    ["says nothing", [pair(2, Buffer.alloc(7)), end], false],
    ["says so behind the end of its list", [end, flagsPair(2)], false],
    ["says so in its last bytes", [flagsPair(2)], true],
    ["says no in its last bytes", [flagsPair(0)], false],
    ["has a list without an end", [pair(2, Buffer.alloc(7))], true],
    ["ends within its flags", [flagsPair(0).subarray(0, 7)], true],
    ["has a list that ends within a pair's head", [pair(2, Buffer.alloc(7)), end.subarray(0, 3)], true],
    ["has no list", [], true],
  ] as const)("knows whether a message has a MIC, where its response %s", (_, pairs, expected) => {
    const given = response(...pairs);
    expect(readNtlm(answer(given))?.hasMic).toBe(expected);
    // What follows the response is not part of it.
    expect(readNtlm(answer(given, Buffer.alloc(8)))?.hasMic).toBe(expected);
  });

  it("assumes a MIC where the message ends within its response", () => {
    const whole = answer(response(flagsPair(0), end));
    expect(readNtlm(whole)?.hasMic).toBe(false);
    expect(readNtlm(whole.subarray(0, -5))?.hasMic).toBe(true);
  });

  it("assumes a MIC in a response that is too short for a list, but longer than NTLMv1's", () => {
    for (const size of [25, 43]) {
      const message = answer(Buffer.alloc(size));
      expect(readNtlm(message)).toMatchObject({ hasMic: true, pairs: new Map() });
    }
  });

  it("tells of a MIC only in a whole AUTHENTICATE_MESSAGE", () => {
    const message = answer(response(flagsPair(2), end));
    expect(readNtlm(message.subarray(0, 64))?.hasMic).toBe(true);
    expect(readNtlm(message.subarray(0, 63))?.hasMic).toBe(false);
    expect(readNtlm(challenge())?.hasMic).toBe(false);
  });
});

describe("flawOfNtlm()", () => {
  it("A1 looks at the fields of a NEGOTIATE_MESSAGE that has them, and of no shorter one", () => {
    const outside = ntlm(1, 32, 12, 0, []);
    outside.writeUInt16LE(8, 16);
    expect(flawOfNtlm(outside)).toMatch(/^a field of an NTLM message of type 1 /);
    expect(flawOfNtlm(outside.subarray(0, 31))).toBeUndefined();
  });

  it.each(layouts)(
    "A1 of type %i: the payload begins 8 bytes later where the flags announce a version",
    (...layout) => {
      const [type, size, flagsAt, places] = layout;
      const [at] = Object.values(places).slice(-2) as [number];
      for (const [flags, start] of [
        [0x0200_0000, size + 8],
        [0xfdff_ffff, size],
      ] as const) {
        const message = Buffer.concat([ntlm(type, size, flagsAt, flags, []), Buffer.alloc(64, "a")]);
        message.writeUInt16LE(4, at);
        message.writeUInt32LE(start, at + 4);
        expect(flawOfNtlm(message)).toBeUndefined();
        message.writeUInt32LE(start - 1, at + 4);
        expect(flawOfNtlm(message)).toMatch(/^a field of an NTLM message /);
      }
    },
  );

  it("A1 the payload of a message with a MIC begins 16 bytes later", () => {
    const message = answer(response(flagsPair(2), end), Buffer.alloc(40, "a"));
    message.copyWithin(80, 64);
    message.writeUInt32LE(80, 24);
    expect(flawOfNtlm(message)).toBeUndefined();
    for (const [offset, flaw] of [
      [80, undefined],
      [79, expect.stringContaining("lies at 79")],
    ] as const) {
      message.writeUInt16LE(8, 44);
      message.writeUInt32LE(offset, 48);
      expect(flawOfNtlm(message)).toEqual(flaw);
    }
  });
});
