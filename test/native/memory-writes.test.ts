import { describe, expect, it } from "vitest";
import { addressOf, writeBytes } from "../../src/native/index.ts";

describe("bytes written to an address", () => {
  it("D3 are an array's real bytes, whatever it says about itself", () => {
    const source = Uint8Array.from({ length: 64 }, (_, index) => index);
    for (const said of [{ length: 32 }, { byteOffset: 1 << 20 }, { buffer: new ArrayBuffer(64) }]) {
      const target = new Uint8Array(64);
      const descriptors = Object.entries(said).map(([name, value]) => [name, { value }]);
      writeBytes(addressOf(target), Object.defineProperties(source.subarray(4, 8), Object.fromEntries(descriptors)));
      expect(target).toEqual(Uint8Array.of(4, 5, 6, 7, ...new Uint8Array(60)));
    }
  });

  it("may be shared", () => {
    const target = new Uint8Array(4);
    writeBytes(addressOf(target), new Uint8Array(new SharedArrayBuffer(3)).fill(7));
    expect(target).toEqual(Uint8Array.of(7, 7, 7, 0));
  });

  it("D3 are those of a Uint8Array only", () => {
    const target = new Uint8Array(8);
    for (const wrong of ["abcd", new Uint16Array(4).fill(1), [1, 2, 3], undefined])
      expect(() => writeBytes(addressOf(target), wrong as never)).toThrow(
        "bytes: expected a Uint8Array or Buffer, got",
      );
    expect(target).toEqual(new Uint8Array(8));
  });
});
