import type { Contender, Established } from "./contender.ts";
import { tokenSize } from "./contender.ts";

export interface Workload {
  readonly name: string;
  /** Operations in one slice, so that a slice takes some 3 ms: long enough to time, short enough to interleave. */
  readonly slice: number;
  /** What a contender runs, or undefined where it does not take part. */
  prepare(
    contender: Contender,
    established: Established | undefined,
  ): ((count: number) => void | Promise<void>) | undefined;
}

const sizes = [
  { name: "16 B", bytes: 16, slice: 1500 },
  { name: "1 KiB", bytes: 1 << 10, slice: 400 },
  { name: "64 KiB", bytes: 1 << 16, slice: 10 },
  { name: "1 MiB", bytes: 1 << 20, slice: 1 },
];

export const workloads: readonly Workload[] = [
  {
    name: "handshake, both credentials acquired",
    slice: 60,
    prepare: shaking(false),
  },
  {
    name: "handshake, client credential reused",
    slice: 60,
    prepare: shaking(true),
  },
  ...protection("", tokenSize),
  {
    name: "query sizes",
    slice: 8000,
    prepare: (_, established) => established?.sizes && ((count) => established.sizes?.(count)),
  },
];

/** Runs the handshakes of those that make some. */
export function shaking(reuse: boolean): Workload["prepare"] {
  return (contender) => contender.handshakes && ((count) => contender.handshakes?.(count, reuse));
}

/** Messages of every size, with a token of so many bytes before them. */
export function protection(prefix: string, tokenSize: number): readonly Workload[] {
  return sizes.map(({ name, bytes, slice }) => {
    // One buffer for all contenders: how fast memory is depends on where it lies.
    let message: Buffer | undefined;
    return {
      name: `${prefix}encrypt + decrypt ${name}`,
      slice,
      prepare(_, established) {
        message ??= Buffer.alloc(tokenSize + bytes);
        const one = message;
        return established && ((count) => established.protect(count, one));
      },
    };
  });
}
