import { codeOf } from "../status/index.ts";
import { classNameOf } from "../values/index.ts";
import type { Trace } from "./traces.ts";

/**
 * The status of a failed call: the error's code if it is a status, else the name of its class. Never its message, and
 * nothing that runs code of the error, which could replace it.
 */
export function statusOfError(error: unknown): Trace["status"] {
  return codeOf(error) ?? (typeof error === "object" && error !== null ? classNameOf(error) : typeof error);
}

/** Receives the outcome of a traced call. */
export interface Ending<T> {
  succeeded(value: T, duration: number): void;
  failed(error: unknown, duration: number): void;
}

/** Runs a call, and returns or throws its outcome after passing it to `ending`. */
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
