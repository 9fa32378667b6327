import { hostAbi, type Struct } from "../../ctypes/index.ts";
import type { Arena, Room } from "../../memory/index.ts";
import { checkArray, checkBytes, checkUint, type OptionNames } from "../../values/index.ts";

/** How one kind of buffer is written for a package. */
export interface ContentKind<Content> {
  /** The names of its properties, without `type`. */
  readonly names: OptionNames<Content>;
  /** @throws TypeError or RangeError naming the part of `argument` that is wrong */
  write(arena: Arena, content: Content, argument: string): Room;
}

export type ContentKinds<Contents> = { readonly [Name in keyof Contents]: ContentKind<Contents[Name]> };

/** Content that is written unchanged: plain bytes. */
export const plainContent: ContentKind<{ readonly bytes: Uint8Array }> = {
  names: { bytes: true },
  write: (arena, { bytes }, argument) => arena.write(checkBytes(bytes, `${argument}.bytes`)),
};

/** Content that is a struct with a field for the number of bytes, followed by the bytes. */
export function sizedContent<T, F extends string>(
  struct: Struct<T, F>,
  size: F & keyof T,
  bytes: F & keyof T,
  most = 0xffff,
): ContentKind<{ readonly bytes: Uint8Array }> {
  return {
    names: { bytes: true },
    write(arena, content, argument) {
      const given = sizedBytes(content.bytes, `${argument}.bytes`, most);
      return writeContent(arena, struct, { [size]: given.length } as Partial<T>, bytes, given);
    },
  };
}

/** Checks bytes whose number has to fit into a field of a struct. */
export function sizedBytes(value: unknown, argument: string, most: number): Uint8Array {
  const bytes = checkBytes(value, argument);
  if (bytes.length > most) throw new RangeError(`${argument}: expected at most ${most} bytes, got ${bytes.length}`);
  return bytes;
}

/**
 * Writes a struct that ends in bytes. The bytes are written only to the memory that the package reads, because they may
 * be secret.
 */
export function writeContent<T, F extends string>(
  arena: Arena,
  struct: Struct<T, F>,
  fields: Partial<T>,
  trailing: F & keyof T,
  bytes: Uint8Array,
): Room {
  const { size, offsets } = struct.layouts[hostAbi];
  const room = arena.allocate(Math.max(size, offsets[trailing] + bytes.length));
  struct.write(room.arena.view, fields, room.offset);
  room.bytes().set(bytes, offsets[trailing]);
  return room;
}

/** Checks an array of 1 to `most` numbers from 0 to `max`. */
export function checkNumbers(value: unknown, argument: string, max: number, most: number): readonly number[] {
  const numbers = checkArray(value, argument);
  if (numbers.length === 0 || numbers.length > most)
    throw new RangeError(`${argument}: expected 1 to ${most} of them, got ${numbers.length}`);
  return numbers.map((one, index) => checkUint(one, `${argument}[${index}]`, max));
}
