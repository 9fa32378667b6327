import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import type { Address } from "../ctypes/index.ts";
import { copyOut, readStruct } from "../native/index.ts";

/** A counted string, `LSA_STRING` or `LSA_UNICODE_STRING`: their layouts are the same. */
export interface CountedString {
  /** The length in bytes. */
  readonly length: number;
  readonly buffer: bigint;
}

/** Reads the length and address of a counted string, but not its bytes; undefined for NULL. */
export function countedStringAt(address: Address): CountedString | undefined {
  if (BigInt(address) === 0n) return undefined;
  const { Length, Buffer } = readStruct(LSA_UNICODE_STRING, address);
  return { length: Length, buffer: Buffer };
}

export function readCountedBytes(address: Address): Uint8Array<ArrayBuffer> | undefined {
  const found = countedStringAt(address);
  if (!found) return undefined;
  return found.buffer === 0n ? new Uint8Array() : copyOut(found.buffer, found.length);
}

/** Reads the text of a `UNICODE_STRING`; undefined for NULL. */
export function readUnicodeString(address: Address): string | undefined {
  const bytes = readCountedBytes(address);
  return bytes && Buffer.from(bytes.buffer).toString("utf16le");
}

/**
 * The value of a counted string whose text is at `buffer`: `length` bytes, followed by `terminator` bytes of
 * terminator.
 */
export function countedString(buffer: Address, length: number, terminator: number): LSA_UNICODE_STRING {
  return { Length: length, MaximumLength: length + terminator, Buffer: BigInt(buffer) };
}
