import fc from "fast-check";

/**
 * Every character of Unicode, for `fc.string`. The unit "binary" has the same characters, and first makes a table of all
 * of them, which takes more than a second.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_ffff - 0x800 })
  .map((number) => String.fromCodePoint(number < 0xd800 ? number : number + 0x800));
