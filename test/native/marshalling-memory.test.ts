import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { hostAbi, type Parameter, type Pointee, pointer, u32, usize } from "../../src/ctypes/index.ts";
import { addressOf } from "../../src/native/memory-access.ts";
import { widest } from "../widest.ts";
import { byValue, call, declared } from "./libc.ts";

function to(pointee: Pointee, name: string, more: Partial<Parameter> = {}): Parameter {
  return { name, type: "void *", direction: "in", pointsTo: () => pointee, ...more };
}

const strlen = declared("strlen", usize, to("ansi-string", "text"));
/** Copies what `from` points to, so that a test sees what native code saw. */
function seen(pointee: Pointee, given: unknown, size: number): Uint8Array {
  const copy = new Uint8Array(size);
  call(
    declared("memcpy", pointer, to("void", "target"), to(pointee, "from"), byValue("size", usize)),
    copy,
    given,
    size,
  );
  return copy;
}

describe("a pointer to text", () => {
  it("takes a string and passes it as NUL-terminated UTF-8 when its type is char", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(call(strlen, text)).toBe(BigInt(Buffer.byteLength(text)));
      }),
    );
  });

  it("takes a string and passes it as NUL-terminated UTF-16 when its type is a wide character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"));
        const wide = Buffer.from(`${text}\0`, "utf16le");
        expect(Buffer.from(seen("wide-string", text, wide.length))).toEqual(wide);
      }),
    );
  });

  it("refuses a string with NUL inside, and any value that is no text", () => {
    expect(() => call(strlen, "a\0b")).toThrow(
      new RangeError("strlen: text: expected a string without NUL characters"),
    );
    for (const [given, kind] of [
      [{}, "object"],
      [true, "boolean"],
      [undefined, "undefined"],
      [() => 1, "function"],
    ] as const)
      expect(() => call(strlen, given)).toThrow(
        new TypeError(`strlen: text: expected a string, bytes, an address, got ${kind}`),
      );
    expect(() => call(strlen, ["a"])).toThrow(new TypeError("strlen: text: an array does not fit here"));
  });

  it("refuses a string when the callee writes, because it could overrun a copy of the text", () => {
    for (const direction of ["out", "inout"] as const) {
      const writing = declared("strlen", usize, to("ansi-string", "name", { direction }));
      expect(() => call(writing, "room")).toThrow(new TypeError("strlen: name: a string does not fit here"));
      expect(() => call(writing, true)).toThrow(new TypeError("strlen: name: expected bytes, an address, got boolean"));
    }
  });
});

describe("a pointer to bytes", () => {
  it("points to a view's first byte, not to the start of its ArrayBuffer", () => {
    const buffer = Buffer.from("..abc\0");
    expect(call(strlen, buffer.subarray(2))).toBe(3n);
    expect(seen("void", new Uint16Array(Uint16Array.of(1, 0x4241, 3).buffer, 2, 1), 2)).toEqual(
      Uint8Array.of(0x41, 0x42),
    );
    expect(seen("void", new DataView(Uint8Array.of(7, 8, 9).buffer, 1), 2)).toEqual(Uint8Array.of(8, 9));
  });

  it("takes an address as a number or a bigint", () => {
    const text = Uint8Array.from(Buffer.from("hello\0"));
    const address = addressOf(text);
    expect(call(strlen, address)).toBe(5n);
    expect(call(strlen, Number(address) + 1)).toBe(4n);
  });

  it("refuses a string when its type is not text", () => {
    expect(() => seen("void", "text", 4)).toThrow(new TypeError("memcpy: from: a string does not fit here"));
    expect(() => seen(u32, "text", 4)).toThrow(new TypeError("memcpy: from: a string does not fit here"));
  });

  it("refuses detached, empty and shared bytes", () => {
    const detached = Uint8Array.of(1, 0);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const gone = new TypeError("strlen: text: its ArrayBuffer is empty or detached");
    expect(() => call(strlen, detached)).toThrow(gone);
    expect(() => call(strlen, new Uint8Array(0))).toThrow(gone);
    expect(() => call(strlen, new Uint8Array(new SharedArrayBuffer(2)))).toThrow(
      new TypeError("strlen: text: bytes of a SharedArrayBuffer cannot be passed"),
    );
  });

  it("refuses fewer bytes than its type needs", () => {
    const short = (needed: number): RangeError =>
      new RangeError(`memcpy: from: expected at least ${needed} bytes, got ${needed - 1}`);
    const { size } = SecBuffer.layouts[hostAbi];
    expect(() => seen(SecBuffer, new Uint8Array(size - 1), 1)).toThrow(short(size));
    expect(() => seen(u32, new Uint8Array(3), 1)).toThrow(short(4));
    expect(seen(u32, Uint8Array.of(1, 2, 3, 4), 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

describe("invalid addresses", () => {
  it("are refused when they are below 64 KiB, because nothing is mapped there", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 0xffff }), fc.integer({ max: -1 })),
        fc.boolean(),
        (value, wide) => {
          const error = new RangeError(`strlen: text: expected an address, got ${value}`);
          expect(() => call(strlen, wide ? BigInt(value) : value)).toThrow(error);
        },
      ),
      { examples: [[0xffff, false]] },
    );
  });

  it.each([Number.NaN, 1.5, 2 ** 53, Number.POSITIVE_INFINITY, widest + 1n, 2n ** 64n])(
    "are refused when they are %s",
    (value) => {
      expect(() => call(strlen, value)).toThrow(new RangeError(`strlen: text: expected an address, got ${value}`));
    },
  );

  it("are accepted when small only for `void *`, which may hold a value that is no address", () => {
    const memcpy = declared("memcpy", pointer, to("void", "target"), to("void", "from"), byValue("size", usize));
    expect(call(memcpy, 1, 2n, 0)).toBe(1n);
    expect(() => call(memcpy, -1, 2n, 0)).toThrow(new RangeError("memcpy: target: expected an address, got -1"));
  });
});

describe("NULL", () => {
  const memcpy = (more: Partial<Parameter>) =>
    declared("memcpy", pointer, to("void", "target", more), to("void", "from", more), byValue("size", usize));

  it.each([null, 0, 0n])("is accepted as %o for an optional parameter", (none) => {
    expect(call(memcpy({ optional: true }), none, none, 0)).toBe(0n);
  });

  it.each([null, 0, 0n])("is refused as %o for a required parameter", (none) => {
    expect(() => call(memcpy({}), none, none, 0)).toThrow(new TypeError("memcpy: target: must not be NULL"));
  });

  it("is listed as null among the expected values of an optional parameter", () => {
    const optional = declared("strlen", usize, to(SecBuffer, "pBuffer", { optional: true }));
    expect(() => call(optional, true)).toThrow(
      new TypeError("strlen: pBuffer: expected an object (SecBuffer), bytes, an address, null, got boolean"),
    );
  });
});
