import type { Arena, Room } from "./arena.ts";

/**
 * NUL-terminated UTF-16 in an arena, for a `LPWSTR` parameter.
 * `room.size` is in bytes and includes the terminator.
 */
export function writeWideString(arena: Arena, text: string): Room {
  const room = arena.allocate((text.length + 1) * 2);
  const { u16 } = room.arena;
  const start = room.offset >> 1;
  for (let index = 0; index < text.length; index += 1) u16[start + index] = text.charCodeAt(index);
  u16[start + text.length] = 0;
  return room;
}
