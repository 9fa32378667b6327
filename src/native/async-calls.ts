import type { NativeFunction } from "./koffi.ts";

/** koffi keeps eight stacks for calls off the event loop; a ninth would allocate one each time, a 257th throw. */
const limit = 8;
let running = 0;
const waiting: (() => void)[] = [];

/** Calls a native function on a thread of koffi's pool, at most eight at a time, the others in order behind them. */
export async function callOffThread(native: NativeFunction, args: readonly (number | bigint)[]): Promise<number> {
  if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await new Promise<number>((resolve, reject) => {
      native.async(...args, (error: unknown, result: number) => (error ? reject(error) : resolve(result)));
    });
  } finally {
    // The place goes to the next in line, if there is one, so `running` stays.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
