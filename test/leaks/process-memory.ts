import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/** How much one read takes, and by how much two reads overlap. */
const step = 1 << 24;
const overlap = 256;
/** The length of a piece of a secret. */
const pieceSize = 12;

interface Region {
  readonly start: number;
  readonly end: number;
}

/** What a function may use below the top of its thread's stack, in bytes. */
const redZone = 128;

/** The tops of the stacks of a process whose threads all wait. */
function stackTops(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const [, top] =
      / 0x([0-9a-f]+) 0x[0-9a-f]+\n$/.exec(readFileSync(`/proc/${pid}/task/${thread}/syscall`, "utf8")) ?? [];
    return top === undefined ? [] : [Number.parseInt(top, 16)];
  });
}

/**
 * All memory that a process may have written to: heaps, stacks, the engine's memory, variables of libraries. What
 * functions that have returned left on a stack is not among it: the thread's next calls overwrite it, and how much of
 * it they do depends on the processor, whose registers the linker saves there.
 */
function regionsOf(pid: number): Region[] {
  const tops = stackTops(pid);
  const lines = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  return lines.flatMap((line) => {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    if (from === undefined || to === undefined || line.endsWith("[vvar]")) return [];
    const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
    const top = tops.find((address) => start <= address && address < end);
    return [{ start: top === undefined ? start : Math.max(start, top - redZone), end }];
  });
}

/** Pieces of a secret, as text and as UTF-16: freed memory has lost its first bytes to the allocator. */
function piecesOf(secret: Buffer): readonly (readonly Buffer[])[] {
  const starts = [0, Math.floor((secret.length - pieceSize) / 2), secret.length - pieceSize];
  const narrow = starts.map((at) => secret.subarray(at, at + pieceSize));
  return [narrow, narrow.map((piece) => Buffer.from(piece.toString("latin1"), "utf16le"))];
}

/** How often a secret is in the memory of another process: as UTF-8 or UTF-16, whole or a piece of it. */
export function countSecret(pid: number, secret: Buffer): number {
  const encodings = piecesOf(secret);
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const room = Buffer.alloc(step + overlap);
  let times = 0;
  try {
    for (const { start, end } of regionsOf(pid))
      for (let at = start; at < end; at += step) {
        const bytes = room.subarray(0, readAt(memory, room, Math.min(step + overlap, end - at), at));
        for (const pieces of encodings) times += Math.max(...pieces.map((piece) => count(bytes, piece)));
      }
  } finally {
    room.fill(0);
    closeSync(memory);
  }
  return times;
}

function readAt(memory: number, room: Buffer, wanted: number, at: number): number {
  try {
    return readSync(memory, room, 0, wanted, at);
  } catch (error) {
    // A region that cannot be read, although the list says that it can.
    if ((error as NodeJS.ErrnoException).code === "EIO") return 0;
    throw error;
  }
}

/** The next read counts a match that begins in the overlap. */
function count(bytes: Buffer, piece: Buffer): number {
  let times = 0;
  for (let at = bytes.indexOf(piece); at >= 0 && at < step; at = bytes.indexOf(piece, at + 1)) times += 1;
  return times;
}
