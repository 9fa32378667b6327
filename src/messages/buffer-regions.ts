import { SECBUFFER_ATTRMASK, SECBUFFER_DATA } from "../../generated/sspi/constants.ts";
import { checkMutableBytes } from "../memory/index.ts";
import type { CheckedBuffer } from "./message-buffer.ts";

/** What is one buffer for the package: one of the caller's, or several in a row that hold data of one kind. */
export interface Region {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array | undefined;
  /** Places of the caller's buffers in the caller's list. */
  readonly members: readonly number[];
  /** Whether `bytes` is a copy from which the caller's own buffers are written in the end. */
  readonly scatters: boolean;
}

/**
 * Data in a row becomes one buffer: for a package it is the same message, and packages of Wine's and WinPR's protect
 * the first buffer with data and let others pass as they are.
 */
export function regionsOf(buffers: readonly CheckedBuffer[], copies: boolean): readonly Region[] {
  const rows = rowsOf(buffers);
  const whole = copies ? Buffer.concat(buffers.map(({ bytes }) => bytes ?? new Uint8Array(0))) : undefined;
  let end = 0;
  return rows.map((members) => {
    const [{ name, type, bytes: first }] = members.map((index) => buffers[index]) as [CheckedBuffer];
    const start = end;
    for (const index of members) end += buffers[index]?.bytes?.length ?? 0;
    const scatters = !copies && members.length > 1;
    if (scatters) for (const index of members) checkMutableBytes(buffers[index]?.bytes, buffers[index]?.name ?? name);
    const gathered = scatters ? Buffer.concat(members.map((index) => buffers[index]?.bytes as Uint8Array)) : first;
    return { name, type, members, scatters, bytes: first && (whole?.subarray(start, end) ?? gathered) };
  });
}

function rowsOf(buffers: readonly CheckedBuffer[]): readonly (readonly number[])[] {
  const rows: number[][] = [];
  buffers.forEach((buffer, index) => {
    const row = rows.at(-1);
    const before = buffers[index - 1];
    if (row && before && isData(before) && isData(buffer) && before.type === buffer.type) row.push(index);
    else rows.push([index]);
  });
  return rows;
}

function isData({ type, bytes }: CheckedBuffer): boolean {
  return (type & ~SECBUFFER_ATTRMASK) === SECBUFFER_DATA && bytes !== undefined;
}
