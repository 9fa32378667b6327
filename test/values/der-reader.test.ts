import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DerReader, objectIdentifierBytes, readObjectIdentifier } from "../../src/values/index.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** Encodes an element as X.690 specifies. */
function element(tag: number, content: Uint8Array): Uint8Array {
  const digits: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  const length = content.length < 0x80 ? [content.length] : [0x80 + digits.length, ...digits];
  return Uint8Array.from([tag, ...length, ...content]);
}

describe("DerReader", () => {
  it("reads consecutive elements of any length up to the end", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 400 })), { maxLength: 4 }), (all) => {
        const reader = new DerReader(Buffer.concat(all.map(([tag, content]) => element(tag, content))));
        for (const [tag, content] of all) {
          expect(reader.tag).toBe(tag);
          expect(Buffer.from(content).equals(reader.take(tag))).toBe(true);
        }
        expect(reader.tag).toBeUndefined();
        reader.end();
      }),
      { examples: [[[[0x04, new Uint8Array(70_000)]]]] },
    );
  });

  it("enters an element and reads no further than its end", () => {
    const reader = new DerReader(hex("30 03 02 01 05 04 00"));
    const inner = reader.enter(0x30);
    expect([...inner.take(0x02)]).toEqual([5]);
    expect(inner.tag).toBeUndefined();
    expect(() => inner.take(0x04)).toThrow("DER: expected tag 4 at byte 5, got the end");
    expect(() => reader.end()).toThrow("DER: expected the end at byte 5");
    expect([...reader.take(0x04)]).toEqual([]);
  });

  it.each([
    ["an indefinite length", "30 80 00 00"],
    ["a length that has a shorter form", "30 81 05 02 01 05 02 00"],
    ["a length with a zero in front", `30 82 00 80 ${"00".repeat(128)}`],
    ["a length of more than four bytes", "30 85 01 00 00 00 00"],
    ["a length that is cut", "30 82 01"],
    ["no length", "30"],
    ["less content than its length says", "30 03 02 01"],
    ["a length of 2^32 - 1", "30 84 ff ff ff ff 00"],
    ["another tag", "31 00"],
    ["nothing", ""],
  ])("refuses an element with %s", (_, bytes) => {
    expect(() => new DerReader(hex(bytes)).take(0x30)).toThrow(RangeError);
  });
});

describe("DerReader with lengths that are not the shortest", () => {
  it.each([
    ["in a byte more", "30 81 06 02 81 03 00 00 05"],
    ["with zeros in front", "30 84 00 00 00 07 02 82 00 03 00 00 05"],
  ])("reads such lengths on every level, %s", (_, bytes) => {
    const reader = new DerReader(hex(bytes), "any");
    const inner = reader.enter(0x30);
    reader.end();
    expect(() => inner.take(0x04)).toThrow(RangeError);
    expect(inner.tag).toBe(0x02);
  });

  it.each(["30 80 00 00", "30 85 00 00 00 00 00", "30 81 05 02"])("still refuses %s", (bytes) => {
    expect(() => new DerReader(hex(bytes), "any").take(0x30)).toThrow(RangeError);
  });
});

describe("readObjectIdentifier", () => {
  it("reads arcs of any size, also those that a Number cannot hold", () => {
    const digits = (arc: bigint): number[] =>
      arc < 128n ? [Number(arc)] : [...digits(arc >> 7n).map((digit) => digit | 0x80), Number(arc & 127n)];
    const nearTheLimit = fc.bigInt({ min: 2n ** 53n - 300n, max: 2n ** 53n + 300n });
    const arc = fc.oneof(nearTheLimit, fc.bigInt({ min: 0n, max: 2n ** 100n }));
    fc.assert(
      fc.property(arc, fc.array(arc, { maxLength: 3 }), (second, rest) => {
        const content = [digits(second + 80n), ...rest.map(digits)].flat();
        expect(readObjectIdentifier(new DerReader(element(0x06, Uint8Array.from(content))))).toBe(
          ["2", second, ...rest].join("."),
        );
      }),
    );
  });

  it.each([
    ["1.2.840.113549.1.1.11", "06 09 2a 86 48 86 f7 0d 01 01 0b"],
    ["1.3.6.1.5.5.2", "06 06 2b 06 01 05 05 02"],
    ["0.0", "06 01 00"],
    ["2.999.3", "06 03 88 37 03"],
    [
      "2.25.329800735698586629295641978511506172918",
      "06 14 69 83 f0 9d a7 eb cf de e0 c7 a1 a7 b2 c0 94 8c c8 f9 d7 76",
    ],
  ])("reads %s", (text, bytes) => {
    expect(readObjectIdentifier(new DerReader(hex(bytes)))).toBe(text);
  });

  it.each([
    ["no arc", "06 00"],
    ["an arc that is cut", "06 02 2a 86"],
    ["an arc with a zero in front", "06 03 2a 80 01"],
    ["65 bytes", `06 41 ${"01".repeat(65)}`],
    ["another tag", "04 01 2a"],
  ])("refuses an identifier with %s", (_, bytes) => {
    expect(() => readObjectIdentifier(new DerReader(hex(bytes)))).toThrow(RangeError);
  });
});

describe("objectIdentifierBytes", () => {
  it("writes identifiers that readObjectIdentifier reads back", () => {
    const top = fc.oneof(fc.tuple(fc.nat(1), fc.nat(39)), fc.tuple(fc.constant(2), fc.nat(1000)));
    fc.assert(
      fc.property(top, fc.array(fc.nat(2 ** 31 - 1), { maxLength: 8 }), (first, rest) => {
        const dotted = [...first, ...rest].join(".");
        expect(readObjectIdentifier(new DerReader(element(0x06, objectIdentifierBytes(dotted))))).toBe(dotted);
      }),
    );
  });

  it.each([
    ["1.2.840.113554.1.2.2", "2a864886f712010202"],
    ["1.2.840.48018.1.2.2", "2a864882f712010202"],
    ["1.3.5.1.5.2", "2b05010502"],
    ["1.3.6.1.5.5.2", "2b0601050502"],
  ])("encodes %s as X.690 specifies", (dotted, bytes) => {
    expect(objectIdentifierBytes(dotted).toString("hex")).toBe(bytes);
  });
});
