import type { Setting } from "./contender.ts";

/** The task of a process that measures under load: `measure-load.mjs TASK` prints one line of JSON per row. */
export interface LoadTask extends Setting {
  /** How long each row of handshakes at once takes, in ms. */
  readonly duration: number;
  /** How often each number of contexts is opened. */
  readonly liveRounds: number;
}

/** Handshakes off the event loop, so many at once. */
export interface LoadRow {
  readonly workers: number;
  /** In all workers together. */
  readonly inFlight: number;
  readonly legsPerSecond: number;
  /** How late the event loop was for a timer of 1 ms, in ms: half and 99 % of the times, of the worst worker. */
  readonly delay: { readonly p50: number; readonly p99: number };
}

/** A handshake on the event loop's thread, while so many contexts are open. */
export interface LiveRow {
  readonly live: number;
  /** The least processor time of several slices, in µs. */
  readonly handshake: number;
  /** The median of its processor time, divided by that of C's handshake in the same turn. */
  readonly toC: number;
  /** Growth of the resident memory by each open context; undefined for so few that it cannot be seen. */
  readonly bytes: number | undefined;
}
