import { SspiError } from "../status/index.ts";
import type { Trace } from "./traces.ts";

/** What an error says of a call: its code where it is a status, else which error it is. Never its message. */
export function statusOfError(error: unknown): Trace["status"] {
  if (error instanceof SspiError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

/** Where a call that is traced ends. */
export interface Ending<T> {
  succeeded(value: T, duration: number): void;
  failed(error: unknown, duration: number): void;
}

/** What a call comes to, after its ending was told. */
export function timedSync<T>(call: () => T, ending: Ending<NoInfer<T>>): T {
  const start = performance.now();
  let value: T;
  try {
    value = call();
  } catch (error) {
    ending.failed(error, performance.now() - start);
    throw error;
  }
  ending.succeeded(value, performance.now() - start);
  return value;
}

export async function timed<T>(call: () => Promise<T>, ending: Ending<NoInfer<T>>): Promise<T> {
  const start = performance.now();
  let value: T;
  try {
    value = await call();
  } catch (error) {
    ending.failed(error, performance.now() - start);
    throw error;
  }
  ending.succeeded(value, performance.now() - start);
  return value;
}
