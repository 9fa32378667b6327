import { callOffThread, type NativeFunction } from "../native/index.ts";

/** One native call. */
export interface NativeCall {
  readonly native: NativeFunction;
  readonly args: readonly (number | bigint)[];
}

/**
 * Work made of native calls that may wait for a key distribution centre: it yields each call and gets its result. The
 * same work runs on the event loop or off it.
 */
export type Steps<T> = Generator<NativeCall, T, number>;

/** Makes a call to yield, which may wait. */
export function blocking(native: NativeFunction, ...args: readonly (number | bigint)[]): NativeCall {
  return { native, args };
}

/** Makes a call on this thread. */
export function callNow({ native, args }: NativeCall): number {
  return Number(native(...args)) >>> 0;
}

/** Runs the work on this thread. */
export function runSync<T>(steps: Steps<T>): T {
  for (let step = steps.next(); ; ) {
    if (step.done) return step.value;
    step = steps.next(callNow(step.value));
  }
}

/** Runs the work with its native calls on other threads, and the rest on this one. */
export async function runAsync<T>(steps: Steps<T>): Promise<T> {
  for (let step = steps.next(); ; ) {
    if (step.done) return step.value;
    const { native, args } = step.value;
    step = steps.next((await callOffThread(native, args)) >>> 0);
  }
}
