import { handshakeTooLate } from "../streams/stream-error.ts";
import { handshakeTime, type SecureStreamOptions } from "../streams/stream-options.ts";
import { checkSignal } from "../values/index.ts";

/** Limits a handshake: it ends when its time is over or its caller aborts it. */
export class Deadline {
  readonly #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The reason of the end, once the handshake has ended. */
  #over: { readonly reason: unknown } | undefined;
  /** The pending races. A single promise that all of them race would keep every race's result alive. */
  readonly #waiting = new Set<(reason: unknown) => void>();

  /** @throws TypeError or RangeError naming the option that is wrong */
  constructor(options: Pick<SecureStreamOptions, "handshakeTimeout" | "signal">) {
    const time = handshakeTime(options);
    this.#signal = checkSignal(options.signal);
    if (time > 0) this.#timer = setTimeout(() => this.#give(handshakeTooLate(time)), time).unref();
    if (this.#signal?.aborted) this.#aborted();
    this.#signal?.addEventListener("abort", this.#aborted, { once: true });
  }

  /** Returns the result of `work` if it is in time; a later result goes to `late`. */
  race<T>(work: Promise<T>, late: (value: T) => void = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false;
      const give = (reason: unknown): void => {
        over = true;
        reject(reason);
      };
      const settle = (): boolean => {
        this.#waiting.delete(give);
        return over;
      };
      work.then(
        (value) => (settle() ? late(value) : resolve(value)),
        (error) => settle() || reject(error),
      );
      if (this.#over) give(this.#over.reason);
      else this.#waiting.add(give);
    });
  }

  /** Stops the clock, because the handshake is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#aborted);
  }

  readonly #aborted = (): void => this.#give(this.#signal?.reason);

  #give(reason: unknown): void {
    this.#over ??= { reason };
    for (const give of this.#waiting) give(reason);
    this.#waiting.clear();
  }
}
