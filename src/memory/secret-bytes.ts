import { lengthOf, type Secret } from "../values/index.ts";
import { type Arena, Room } from "./arena.ts";
import { decodeUtf8, utf16Length } from "./unicode.ts";
import { writeWideString } from "./wide-string.ts";

/**
 * Allocates zeroed memory for a secret, with a separate ArrayBuffer. Small arrays without one are on V8's heap, which
 * moves them, so that zeroing would leave copies behind.
 */
export function secretRoom(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size));
}

/** Copies bytes to {@link secretRoom}; the caller zeroes the copy. */
export function copyOfSecret(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = secretRoom(lengthOf(bytes));
  copy.set(bytes);
  return copy;
}

/**
 * {@link writeWideString} for a checked secret, in an arena that the caller wipes; bytes are never converted to a
 * string.
 */
export function writeWideSecret(arena: Arena, secret: Secret): Room {
  if (typeof secret === "string") return writeWideString(arena, secret);
  const room = arena.allocate((lengthOf(secret) + 1) * 2);
  const start = room.offset >> 1;
  const { u16 } = room.arena;
  const units = decodeUtf8(secret, u16, start);
  u16[start + units] = 0;
  return new Room(room.arena, room.offset, (units + 1) * 2);
}

/** Writes a checked secret as UTF-16 at an even offset of a struct, without a terminator. */
export function putWideSecret(view: DataView<ArrayBuffer>, secret: Secret, at: number): void {
  const units = new Uint16Array(view.buffer, view.byteOffset + at, secretUnits(secret));
  if (typeof secret !== "string") decodeUtf8(secret, units, 0);
  else for (let index = 0; index < units.length; index += 1) units[index] = secret.charCodeAt(index);
}

/** Writes a checked secret as NUL-terminated UTF-8, in an arena that the caller wipes. */
export function writeNarrowSecret(arena: Arena, secret: Secret): Room {
  const size = typeof secret === "string" ? Buffer.byteLength(secret) : lengthOf(secret);
  const room = arena.allocate(size + 1);
  const bytes = room.bytes();
  if (typeof secret === "string") new TextEncoder().encodeInto(secret, bytes);
  else bytes.set(secret);
  bytes[size] = 0;
  return room;
}

/** The length of a checked secret in UTF-16 units. */
export function secretUnits(secret: Secret): number {
  return typeof secret === "string" ? secret.length : utf16Length(secret);
}
