import { checkUint } from "./arguments.ts";
import type { OptionNames } from "./options.ts";
import { shapeOf } from "./shape.ts";

/** Options that limit how long a caller waits for work off the event loop. */
export interface CancelOptions {
  /** Ends the wait when the signal is aborted. */
  readonly signal?: AbortSignal;
  /** Ends the wait after this many milliseconds; 0, the default, never ends it. */
  readonly timeout?: number;
}

export const cancelNames: OptionNames<CancelOptions> = { signal: true, timeout: true };

/**
 * The caller stopped waiting: `code` is `ABORT_ERR` for a signal, whose reason is the `cause`, and `SSPI_TIMEOUT` after
 * the time limit. A native call that had begun continues and is cleaned up when it returns.
 */
export class CancelledError extends Error {
  /** Why the wait ended: `"ABORT_ERR"` for a signal, `"SSPI_TIMEOUT"` for a time limit. */
  readonly code: "ABORT_ERR" | "SSPI_TIMEOUT";
  /** The native function that was waited for. */
  readonly operation: string;

  constructor(code: CancelledError["code"], operation: string, message: string, options?: ErrorOptions) {
    super(`${operation}: ${message}`, options);
    this.name = code === "ABORT_ERR" ? "AbortError" : "TimeoutError";
    this.code = code;
    this.operation = operation;
  }
}

type Listener = (error: CancelledError) => void;

/** Ends the wait for one piece of work by a signal or a time limit; the work itself continues. */
export class Cancellation {
  readonly #operation: string;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<Listener>();
  #error: CancelledError | undefined;

  private constructor(operation: string, signal: AbortSignal | undefined, timeout: number) {
    this.#operation = operation;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
    if (timeout > 0)
      this.#timer = setTimeout(
        () => this.#cancel(new CancelledError("SSPI_TIMEOUT", operation, `not complete after ${timeout} ms`)),
        timeout,
      );
  }

  /**
   * Makes a cancellation; undefined if the options have neither a signal nor a time limit.
   *
   * @throws TypeError or RangeError naming the option that is wrong, CancelledError for a signal that is aborted.
   */
  static of(operation: string, options: CancelOptions | undefined): Cancellation | undefined {
    if (options === undefined) return undefined;
    const signal = checkSignal(options.signal);
    const timeout = options.timeout === undefined ? 0 : checkUint(options.timeout, "timeout", 0x7fff_ffff);
    if (signal?.aborted) throw aborted(operation, signal);
    return signal === undefined && timeout === 0 ? undefined : new Cancellation(operation, signal, timeout);
  }

  /** Why the wait was cancelled; undefined if it was not. */
  get error(): CancelledError | undefined {
    return this.#error;
  }

  /** Throws {@link error}, if there is one. */
  throwIfCancelled(): void {
    if (this.#error) throw this.#error;
  }

  /** Calls `listener` on cancellation; the returned function removes the listener. */
  onCancel(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Settles like `work`, or rejects on cancellation; `discard` receives a result that arrives after a cancellation.
   * Call it for one piece of work only.
   */
  race<T>(work: Promise<T>, discard: (value: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#listeners.add(reject);
      const settle = (value: T): void => (this.#error ? discard(value) : resolve(value));
      work.then(settle, reject).finally(() => this.#end());
    });
  }

  /** Ends the wait: removes all listeners and the timer. */
  #end(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => this.#cancel(aborted(this.#operation, this.#signal as AbortSignal));

  #cancel(error: CancelledError): void {
    if (this.#error) return;
    this.#error = error;
    const listeners = [...this.#listeners];
    this.#end();
    for (const listener of listeners) listener(error);
  }
}

function aborted(operation: string, { reason }: AbortSignal): CancelledError {
  return new CancelledError("ABORT_ERR", operation, "the signal was aborted", { cause: reason });
}

/** @throws TypeError */
export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(`signal: expected an AbortSignal, got ${shapeOf(signal)}`);
  return signal;
}
