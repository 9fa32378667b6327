import { describe, expect, it } from "vitest";
import {
  addressOf,
  copyOut,
  HandleBook,
  readAnsiString,
  readStruct,
  readWideString,
  SecBuffer,
  securityBuffers,
  writeBytes,
  writeInt64,
  writePointer,
  writeStruct,
  writeUint32,
} from "../../src/raw.ts";

/** Each function of the raw API that follows an address, and what it names the address. */
const followers: readonly (readonly [string, string, (address: never) => unknown])[] = [
  ["copyOut", "source", (address) => copyOut(address, 4)],
  ["HandleBook.issue", "at", (address) => new HandleBook().issue(address, 1)],
  ["HandleBook.find", "at", (address) => new HandleBook().find(address)],
  ["HandleBook.take", "at", (address) => new HandleBook().take(address)],
  ["HandleBook.issued", "at", (address) => new HandleBook().issued(address)],
  ["readAnsiString", "source", readAnsiString],
  ["readStruct", "address", (address) => readStruct(SecBuffer, address)],
  ["readWideString", "source", readWideString],
  ["securityBuffers", "address", securityBuffers],
  ["writeBytes", "target", (address) => writeBytes(address, Uint8Array.of(1))],
  ["writeInt64", "target", (address) => writeInt64(address, 1n)],
  ["writePointer", "target", (address) => writePointer(address, 1n)],
  ["writeStruct", "target", (address) => writeStruct(SecBuffer, address, {})],
  ["writeUint32", "target", (address) => writeUint32(address, 1)],
];

describe.each(followers)("%s", (_name, argument, follow) => {
  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    -(2 ** 40),
    0x1_0000 + 0.5,
    1,
    0xffff,
    2 ** 53,
    -1n,
    1n,
    1n << 64n,
  ])("B9 refuses an address that no memory has: %s", (address) => {
    const message = `${argument}: expected an address, got ${address}`;
    expect(() => follow(address as never)).toThrow(new RangeError(message));
  });

  it.each(["text", undefined, null, {}, true, Symbol("address")])("B9 refuses what is no address: %s", (address) => {
    expect(() => follow(address as never)).toThrow(TypeError);
    expect(() => follow(address as never)).toThrow(`${argument}: expected an address, got`);
  });
});

describe("what is written to native memory, or how much is read", () => {
  const cell = new Uint8Array(8);
  it.each<[string, () => void, string]>([
    ["a text for a number", () => writeUint32(addressOf(cell), "1" as never), "value: expected a number, got string"],
    ["a number that is none", () => writeUint32(addressOf(cell), Number.NaN), "value: expected an integer"],
    ["a number for a LARGE_INTEGER", () => writeInt64(addressOf(cell), 1 as never), "value: expected a bigint, got"],
    ["a fraction for a pointer", () => writePointer(addressOf(cell), 0.5), "value: expected a bigint or an integer"],
    [
      "a text for a pointer",
      () => writePointer(addressOf(cell), "1" as never),
      "value: expected a bigint or an integer",
    ],
    ["a negative size", () => copyOut(addressOf(cell), -1), "bytes: expected an integer from 0 to 4294967295, got -1"],
    ["a size that is no number", () => copyOut(addressOf(cell), Number.NaN), "bytes: expected an integer from 0 to"],
  ])("B9 is refused with an error that names it: %s", (_what, write, message) => {
    expect(write).toThrow(message);
    expect([...cell]).toEqual(new Array(8).fill(0));
  });
});
