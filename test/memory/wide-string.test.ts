import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, it } from "vitest";
import { Arena, writeWideString } from "../../src/memory/index.ts";
import { readWideString } from "../../src/native/index.ts";

/** Any text of UTF-16 units, lone surrogates included, without the NUL that would end it. */
const units = fc.array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 300 });
const texts = units.map((codes) => String.fromCharCode(...codes));

describe("a wide string", () => {
  it("reads back as it was written, whatever it says", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const arena = new Arena(256);
        arena.bytes.fill(0xff);
        const room = writeWideString(arena, text);
        expect(readWideString(BigInt(room.address))).toBe(text);
        expect(koffi.decode.string16(BigInt(room.address))).toBe(text);
      }),
      { examples: [[""], ["\ud800"], ["pässwörd"], ["🔑"]] },
    );
  });

  it("is as large as its units and its terminator, little-endian", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const room = writeWideString(new Arena(1024), text);
        expect(room.size).toBe((text.length + 1) * 2);
        expect(Buffer.from(room.bytes())).toEqual(Buffer.from(`${text}\0`, "utf16le"));
      }),
    );
  });

  it("stays unchanged when another follows it", () => {
    const arena = new Arena(512);
    const [first, second] = [writeWideString(arena, "alice"), writeWideString(arena, "EXAMPLE")];
    expect([first, second].map(({ address }) => readWideString(BigInt(address)))).toEqual(["alice", "EXAMPLE"]);
  });
});
