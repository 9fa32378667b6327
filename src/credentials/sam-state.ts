import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { parseSam, type SamLine } from "./sam-lines.ts";

/** What WinPR's file of users held at one moment. */
export interface SamState {
  /** Undefined where the file could not be read. */
  readonly stats: BigIntStats | undefined;
  /** The users in the order of the file. */
  readonly lines: readonly SamLine[];
  /** Whether each of them has the hash of a password. */
  readonly hashed: boolean;
  /** Why the file could not be read. */
  readonly error: NodeJS.ErrnoException | undefined;
}

/**
 * Longer than any step of a file's times, of which FAT's are the longest with two seconds: a file that changes twice
 * within one step has the same times both times.
 */
const longestStep = 3_000;
const millisecond = 1_000_000n;

/** What files held, by path, where their times tell of every change since. */
const settled = new Map<string, SamState>();
/** How many of them are kept. */
const mostSettled = 16;

/** What the file at a path holds now, as WinPR would read it. */
export function samStateAt(path: string): SamState {
  try {
    const stats = statSync(path, { bigint: true });
    const known = settled.get(path);
    return known?.stats && hasSameTimes(known.stats, stats) ? known : readState(path);
  } catch (error) {
    return { stats: undefined, lines: [], hashed: true, error: error as NodeJS.ErrnoException };
  }
}

/** Whether a file has not changed from one look to another: also not within one step of its times. */
export function isUnchanged(before: SamState, after: SamState): boolean {
  if (before === after) return true;
  if (!before.stats || !after.stats) return before.stats === after.stats;
  return hasSameTimes(before.stats, after.stats) && hasSameLines(before.lines, after.lines);
}

function hasSameTimes(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.ctimeNs === other.ctimeNs &&
    one.mtimeNs === other.mtimeNs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

function hasSameLines(some: readonly SamLine[], others: readonly SamLine[]): boolean {
  const isSame = ({ user, domain, hasHash }: SamLine, index: number): boolean => {
    const other = others[index];
    return user === other?.user && domain === other.domain && hasHash === other.hasHash;
  };
  return some.length === others.length && some.every(isSame);
}

/** Reads the times and the lines of one file: another may get its name in between. */
function readState(path: string): SamState {
  const file = openSync(path, "r");
  try {
    const now = Date.now();
    const stats = fstatSync(file, { bigint: true });
    const bytes = readFileSync(file);
    try {
      const lines = parseSam(bytes);
      const state = { stats, lines, hashed: lines.every(({ hasHash }) => hasHash), error: undefined };
      keepIfSettled(path, state, now);
      return state;
    } finally {
      bytes.fill(0);
    }
  } finally {
    closeSync(file);
  }
}

function keepIfSettled(path: string, state: SamState & { readonly stats: BigIntStats }, now: number): void {
  settled.delete(path);
  const { ctimeNs, mtimeNs } = state.stats;
  const changed = (ctimeNs > mtimeNs ? ctimeNs : mtimeNs) / millisecond;
  if (now - Number(changed) <= longestStep) return;
  for (const oldest of settled.keys()) if (settled.size >= mostSettled) settled.delete(oldest);
  settled.set(path, state);
}
