import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Arena,
  copyOfSecret,
  putWideSecret,
  type Room,
  secretUnits,
  writeNarrowSecret,
  writeWideSecret,
} from "../../src/memory/index.ts";
import type { Secret } from "../../src/values/index.ts";

const mark = 0xa5;
const texts = fc.string({ unit: "binary", maxLength: 30 });
const examples: [string][] = [[""], ["pässwörd"], ["€🔑"], ["x".repeat(15)]];

/** A secret in its two forms, with the same meaning. */
const forms = (text: string): readonly Secret[] => [text, Buffer.from(text)];

/** Has a secret written twice to an arena full of marks, and returns the first room. */
function written(write: (arena: Arena) => Room): Room {
  const arena = new Arena(256);
  arena.bytes.fill(mark);
  const room = write(arena);
  const next = arena.allocate(16);
  expect(next.offset).toBeGreaterThanOrEqual(room.offset + room.size);
  expect(next.bytes().every((byte) => byte === mark)).toBe(true);
  return room;
}

describe("a secret in an arena", () => {
  it("is NUL-terminated UTF-16, whether it is text or UTF-8, and its room ends with the NUL", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const secret of forms(text)) {
          const room = written((arena) => writeWideSecret(arena, secret));
          expect(Buffer.from(room.bytes())).toEqual(Buffer.from(`${text}\0`, "utf16le"));
        }
      }),
      { examples },
    );
  });

  it("is NUL-terminated UTF-8, whether it is text or UTF-8, and its room ends with the NUL", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const secret of forms(text)) {
          const room = written((arena) => writeNarrowSecret(arena, secret));
          expect(Buffer.from(room.bytes())).toEqual(Buffer.from(`${text}\0`));
        }
      }),
      { examples },
    );
  });

  it("is in memory that wiping the arena zeroes, also where it did not fit", () => {
    for (const secret of forms("pässwörd".repeat(20))) {
      const arena = new Arena(16);
      const rooms = [writeWideSecret(arena, secret), writeNarrowSecret(arena, secret)];
      arena.wipe();
      for (const room of rooms) expect(room.bytes().every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe("a secret in a struct", () => {
  it("is UTF-16 without a NUL at its offset within the view, and nothing around it is written", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const secret of forms(text)) {
          const memory = new ArrayBuffer(8 + 6 + text.length * 2 + 4);
          const bytes = Buffer.from(memory).fill(mark);
          expect(secretUnits(secret)).toBe(text.length);
          putWideSecret(new DataView(memory, 8), secret, 6);
          expect(bytes.subarray(14, 14 + text.length * 2)).toEqual(Buffer.from(text, "utf16le"));
          expect([...bytes.subarray(0, 14), ...bytes.subarray(14 + text.length * 2)]).toEqual(Array(18).fill(mark));
        }
      }),
      { examples },
    );
  });
});

describe("a copy of a secret", () => {
  it("has the same bytes in an ArrayBuffer of its own, so that zeroing it leaves none behind", () => {
    const secret = Buffer.from("a password");
    const copy = copyOfSecret(secret);
    expect(Buffer.from(copy)).toEqual(secret);
    expect([copy.byteOffset, copy.buffer.byteLength]).toEqual([0, secret.length]);
    copy.fill(0);
    expect(secret.toString()).toBe("a password");
  });

  it.each([Number.NaN, 0, 2 ** 32, "2"])("has all bytes of an array whose own length is %j", (length) => {
    const secret = Object.defineProperty(Uint8Array.of(1, 2, 3), "length", { value: length });
    expect([...copyOfSecret(secret)]).toEqual([1, 2, 3]);
  });
});
