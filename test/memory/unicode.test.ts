import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeUtf8, utf16Length } from "../../src/memory/index.ts";
import { decodeUtf8 } from "../../src/memory/unicode.ts";

/** Both ends of every length that a code point has in UTF-8 and in UTF-16, and the neighbours of the surrogates. */
const points = [0, 1, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x1_0000, 0x1_03ff, 0x1_0400, 0x10_ffff];
const examples = [
  ...points.map((point) => [String.fromCodePoint(point)] as [string]),
  ["aäß€🔑\u{10ffff}z"] as [string],
];
const texts = fc.string({ unit: "binary", maxLength: 40 });

/** A room that is longer than its content, filled with a mark. */
const mark = 0xa5;

describe("UTF-8 that is decoded to UTF-16", () => {
  it("gives the units of the same text, at the given start, and writes nothing around them", () => {
    fc.assert(
      fc.property(texts, fc.nat({ max: 5 }), (text, start) => {
        const bytes = Buffer.from(text);
        const into = new Uint16Array(start + bytes.length + 3).fill(mark);
        const units = decodeUtf8(bytes, into, start);
        expect(units).toBe(text.length);
        const written = [...into.subarray(start, start + units)];
        expect(written).toEqual(Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)));
        expect([...into.subarray(0, start), ...into.subarray(start + units)]).toEqual(
          Array(into.length - units).fill(mark),
        );
      }),
      { examples: examples.map(([text]) => [text, 2]) },
    );
  });

  it("has as many units as are counted without decoding", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(utf16Length(Buffer.from(text))).toBe(text.length);
      }),
      { examples },
    );
  });

  it("never has more units than bytes, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const into = new Uint16Array(bytes.length + 4).fill(mark);
        expect(decodeUtf8(bytes, into, 0)).toBeLessThanOrEqual(bytes.length);
        expect([...into.subarray(bytes.length)]).toEqual([mark, mark, mark, mark]);
      }),
      { examples: [[Uint8Array.of(0xff)], [Uint8Array.of(0xf4, 0x8f)], [Uint8Array.of(0xc3)]] },
    );
  });
});

describe("UTF-16 that is encoded as UTF-8", () => {
  it("gives the bytes of the same text, and writes nothing behind them", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const units = Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
        const into = new Uint8Array(text.length * 3 + 2).fill(mark);
        const end = encodeUtf8(units, into);
        expect(Buffer.from(into.subarray(0, end))).toEqual(Buffer.from(text));
        expect([...into.subarray(end)]).toEqual(Array(into.length - end).fill(mark));
      }),
      { examples },
    );
  });

  it.each([
    { what: "a high surrogate at the end", units: [0xd800], bytes: [0xed, 0xa0, 0x80] },
    { what: "a low surrogate", units: [0xdc00], bytes: [0xed, 0xb0, 0x80] },
    { what: "a high surrogate before a letter", units: [0xdbff, 0x61], bytes: [0xed, 0xaf, 0xbf, 0x61] },
    {
      what: "a high surrogate before what follows the surrogates",
      units: [0xd800, 0xe000],
      bytes: [0xed, 0xa0, 0x80, 0xee, 0x80, 0x80],
    },
    { what: "two low surrogates", units: [0xdc00, 0xdfff], bytes: [0xed, 0xb0, 0x80, 0xed, 0xbf, 0xbf] },
    {
      what: "what precedes the surrogates before a low one",
      units: [0xd7ff, 0xdc00],
      bytes: [0xed, 0x9f, 0xbf, 0xed, 0xb0, 0x80],
    },
  ])("keeps a surrogate without a partner as a code point of its own: $what", ({ units, bytes }) => {
    const into = new Uint8Array(8);
    expect([...into.subarray(0, encodeUtf8(Uint16Array.from(units), into))]).toEqual(bytes);
  });
});
