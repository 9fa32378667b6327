import { SECBUFFER_ATTRMASK, SECBUFFER_DATA, SECBUFFER_READONLY } from "../../generated/sspi/constants.ts";
import type { SecurityProvider } from "../native/index.ts";
import { checkMutableBytes } from "../values/index.ts";
import type { CheckedBuffer } from "./message-buffer.ts";

/** Indexes of consecutive buffers in the caller's list. */
type Row = readonly [number, ...number[]];

const leftAlone = (SECBUFFER_DATA | SECBUFFER_READONLY) >>> 0;

/**
 * One buffer as the package sees it: one of the caller's buffers, or several consecutive ones with data of the same
 * type.
 */
export interface Region {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array | undefined;
  /** The indexes of its buffers in the caller's list. */
  readonly members: Row;
  /** Its index in the list that the package receives; undefined if it is withheld from the package. */
  readonly slot: number | undefined;
  /** Whether `bytes` is a copy that is written back to the caller's buffers after the call. */
  readonly scatters: boolean;
}

/**
 * Merges consecutive data buffers into one. For a package the message stays the same, and the packages of Wine and
 * WinPR protect only the first data buffer and leave others unchanged.
 */
export function regionsOf(
  buffers: readonly CheckedBuffer[],
  copies: boolean,
  provider: SecurityProvider,
): readonly Region[] {
  const rows = rowsOf(buffers);
  const shown = provider.traits.protectsEveryBuffer ? rows : protectedRows(rows, buffers, provider.label);
  const whole = copies ? Buffer.concat(buffers.map(({ bytes }) => bytes ?? new Uint8Array(0))) : undefined;
  let end = 0;
  return rows.map((members) => {
    const given = members.map((index) => buffers[index]) as [CheckedBuffer, ...CheckedBuffer[]];
    const [{ name, type, bytes: first }] = given;
    const start = end;
    for (const { bytes } of given) end += bytes?.length ?? 0;
    const scatters = !copies && given.length > 1;
    const gathered = scatters ? Buffer.concat(given.map(({ bytes, name }) => checkMutableBytes(bytes, name))) : first;
    const slot = shown.includes(members) ? shown.indexOf(members) : undefined;
    return { name, type, members, slot, scatters, bytes: first && (whole?.subarray(start, end) ?? gathered) };
  });
}

/**
 * Packages that protect only one buffer may choose a read-only one. So read-only parts are withheld from them, and a
 * request that they would silently leave unprotected is refused.
 */
function protectedRows(rows: readonly Row[], buffers: readonly CheckedBuffer[], label: string): readonly Row[] {
  const typeOf = ([first]: Row): number => (buffers[first] as CheckedBuffer).type;
  const shown = rows.filter((row) => typeOf(row) !== leftAlone);
  const data = shown.filter((row) => (typeOf(row) & ~SECBUFFER_ATTRMASK) === SECBUFFER_DATA);
  const unprotected = data.find((row) => typeOf(row) !== SECBUFFER_DATA) ?? data[1];
  if (!unprotected) return shown;
  const place = `buffers[${unprotected[0]}]`;
  throw new RangeError(`${place}: ${label} protects data in one row, without parts that are read-only and signed`);
}

function rowsOf(buffers: readonly CheckedBuffer[]): readonly Row[] {
  const rows: [number, ...number[]][] = [];
  buffers.forEach((buffer, index) => {
    const row = rows.at(-1);
    if (row && isData(buffer) && continues(buffers[index - 1] as CheckedBuffer, buffer)) row.push(index);
    else rows.push([index]);
  });
  return rows;
}

function isData({ type }: CheckedBuffer): boolean {
  return (type & ~SECBUFFER_ATTRMASK) === SECBUFFER_DATA;
}

/** A buffer without bytes is where a package reports its own data, so it stays a buffer of its own. */
function continues(before: CheckedBuffer, { type, bytes }: CheckedBuffer): boolean {
  return before.type === type && before.bytes !== undefined && bytes !== undefined;
}
