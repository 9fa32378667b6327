import { checkUint } from "./arguments.ts";
import type { OptionNames } from "./options.ts";
import { shapeOf } from "./shape.ts";

/** How long a caller waits for work off the event loop. */
export interface CancelOptions {
  /** Ends the waiting when it is aborted. */
  readonly signal?: AbortSignal;
  /** Ends the waiting after so many milliseconds; 0, as by default, never. */
  readonly timeout?: number;
}

export const cancelNames: OptionNames<CancelOptions> = { signal: true, timeout: true };

/**
 * The caller stopped waiting: `code` is `ABORT_ERR` for a signal, whose reason is the `cause`, and `SSPI_TIMEOUT` after
 * the time that was given. A native call that had begun goes on and is cleaned up when it returns.
 */
export class CancelledError extends Error {
  /** Why nobody waits any more: `"ABORT_ERR"` for a signal, `"SSPI_TIMEOUT"` for a time limit. */
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

/** What ends the waiting for one piece of work, whatever that comes to later. */
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
   * Undefined where the options name nothing that would end the waiting.
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

  /** Why nobody waits any more; undefined as long as somebody does. */
  get error(): CancelledError | undefined {
    return this.#error;
  }

  /** Throws {@link error}, if there is one. */
  throwIfCancelled(): void {
    if (this.#error) throw this.#error;
  }

  /** Calls `listener` when it happens; what is returned forgets the listener. */
  onCancel(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What `work` comes to, unless the waiting ends first; `discard` gets what it comes to after that. For one piece of work. */
  race<T>(work: Promise<T>, discard: (value: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#listeners.add(reject);
      const settle = (value: T): void => (this.#error ? discard(value) : resolve(value));
      work.then(settle, reject).finally(() => this.#end());
    });
  }

  /** Nothing is waited for any more. */
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
