import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SecHandle } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { HandleBook } from "../../src/interface/handle-book.ts";
import { NativeMemory } from "../../src/interface/native-memory.ts";
import { readStruct } from "../../src/native/index.ts";

const memory = new NativeMemory();
const { size } = SecHandle.layouts[hostAbi];
const place = (): number => memory.allocate(size).address;

/** Books with as many handles each as are asked for, and the addresses of those handles. */
function booksOf(counts: readonly number[]) {
  return counts.map((count, book) => {
    const made = new HandleBook<string>();
    const places = Array.from({ length: count }, (_, index) => {
      const at = place();
      made.issue(at, `${book}:${index}`);
      return at;
    });
    return { made, places };
  });
}

describe("a handle of one book", () => {
  it("is found in that book, and is neither found in, taken from nor known to any other", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }), (counts) => {
        const books = booksOf(counts);
        for (const [mine, { places }] of books.entries())
          for (const [index, at] of places.entries())
            for (const [other, { made }] of books.entries()) {
              if (other === mine) expect([made.find(at), made.issued(at)]).toEqual([`${mine}:${index}`, true]);
              else expect([made.find(at), made.take(at), made.issued(at)]).toEqual([undefined, undefined, false]);
            }
        expect(books.map(({ made }) => made.count)).toEqual(counts);
      }),
      { numRuns: 30 },
    );
  });

  it("is valid once: what was taken is found no more, and the next handle is another", () => {
    const book = new HandleBook<string>();
    const at = place();
    book.issue(at, "first");
    const first = readStruct(SecHandle, at);
    expect([book.take(at), book.take(at), book.find(at), book.issued(at)]).toEqual([
      "first",
      undefined,
      undefined,
      true,
    ]);
    book.issue(at, "second");
    expect(readStruct(SecHandle, at)).not.toEqual(first);
    expect(book.find(at)).toBe("second");
  });

  it("is invalid with any bit changed", () => {
    const book = new HandleBook<string>();
    const at = memory.allocate(size);
    book.issue(at.address, "only");
    for (let bit = 0; bit < size * 8; bit += 1) {
      const byte = at.view.getUint8(bit >> 3);
      at.view.setUint8(bit >> 3, byte ^ (1 << (bit & 7)));
      expect([book.find(at.address), book.take(at.address)], `bit ${bit}`).toEqual([undefined, undefined]);
      at.view.setUint8(bit >> 3, byte);
    }
    expect([book.find(at.address), book.find(0), book.find(0n)]).toEqual(["only", undefined, undefined]);
  });
});
