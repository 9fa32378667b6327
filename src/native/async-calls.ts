import type { NativeFunction } from "./koffi.ts";

/**
 * Calls a native function on a thread of libuv's pool. The caller must hold a turn (`takeTurn`), because the whole
 * process shares the pool.
 */
export function callOffThread(native: NativeFunction, args: readonly (number | bigint)[]): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    native.async(...args, (error: unknown, result: number) => (error ? reject(error) : resolve(result)));
  });
}
