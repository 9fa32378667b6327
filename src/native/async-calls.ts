import type { NativeFunction } from "./koffi.ts";

/** koffi keeps eight stacks for calls off the event loop; a ninth would allocate one each time, a 257th throw. */
const stacks = 8;
/** libuv's threads do the work of `fs` and `dns` too: two are left to them, however long a domain controller is silent. */
const left = 2;
/** How many there are, unless `UV_THREADPOOL_SIZE` says otherwise. */
const usual = 4;

/** How many calls are made at a time. */
export function callLimit(poolSize: string | undefined): number {
  const threads = Number.parseInt(poolSize ?? "", 10) || usual;
  return Math.max(1, Math.min(stacks, threads - left));
}

const limit = callLimit(process.env["UV_THREADPOOL_SIZE"]);
let running = 0;
const waiting: (() => void)[] = [];

/** Calls a native function on a thread of libuv's pool, at most `limit` at a time, the others in order behind them. */
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
