import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSid, sidBytes, sidText } from "../../src/values/index.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("security identifiers", () => {
  it.each([
    ["01 01 000000000001 00000000", "S-1-1-0"],
    ["01 02 000000000005 20000000 20020000", "S-1-5-32-544"],
    ["01 00 000000000005", "S-1-5"],
    ["01 01 0000ffffffff ffffffff", "S-1-4294967295-4294967295"],
    ["01 01 000100000000 01000000", "S-1-0x000100000000-1"],
    ["01 01 ffffffffffff 01000000", "S-1-0xffffffffffff-1"],
  ])("are read from the bytes %s as %s", (bytes, text) => {
    expect(readSid(hex(bytes))).toBe(text);
  });

  it.each([
    ["nothing", "", "SID: expected 8 bytes or more, got 0"],
    ["another revision", "02 01 000000000001 00000000", "SID: revision 2 is not known"],
    ["16 sub-authorities", `01 10 000000000005 ${"01000000".repeat(16)}`, "SID: 16 sub-authorities are more than 15"],
    ["fewer bytes than it says", "01 02 000000000005 20000000", "SID: expected 16 bytes for 2 sub-authorities, got 12"],
    ["more bytes than it says", "01 00 000000000005 20", "SID: expected 8 bytes for 0 sub-authorities, got 9"],
  ])("are refused in bytes with %s", (_, bytes, complaint) => {
    expect(() => readSid(hex(bytes))).toThrow(complaint);
    expect(() => readSid(hex(bytes))).toThrow(RangeError);
  });

  it("are read or refused with RangeError for any bytes, also in a subarray", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(8), (bytes, at) => {
        try {
          expect(readSid(bytes.subarray(at))).toMatch(/^S-1-(\d+|0x[\da-f]{12})(-\d+){0,15}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
    expect(sidText(5, [32, 544])).toBe("S-1-5-32-544");
  });
});

describe("security identifiers written as text", () => {
  it("an identifier converted to bytes and back is unchanged", () => {
    const numbers = fc.array(fc.nat(0xffff_ffff), { maxLength: 15 });
    fc.assert(
      fc.property(fc.nat(2 ** 48 - 1), numbers, (authority, subAuthorities) => {
        const text = sidText(authority, subAuthorities);
        expect(readSid(sidBytes(text, "sid"))).toBe(text);
      }),
    );
  });

  it.each([
    "",
    "S-1",
    "S-2-5-18",
    "S-1-5-4294967296",
    "S-1-5-18-",
    "alice",
    "S-1-0x1000000000000-1",
    `S-1-5${"-1".repeat(16)}`,
  ])("the text %j is refused by the argument's name", (text) => {
    expect(() => sidBytes(text, "sid")).toThrow(/^sid: expected a security identifier such as/);
  });

  it("a value that is no string is refused by the argument's name", () => {
    expect(() => sidBytes(5, "sid")).toThrow(new TypeError("sid: expected a security identifier, got a number"));
  });
});
