import { SecureStreamError } from "../streams/index.ts";
import { handshakeTime, type SecureStreamOptions } from "../streams/stream-options.ts";
import { checkSignal } from "../values/index.ts";

/** How long a handshake may take: until its time is over, or its caller has had enough. */
export class Deadline {
  readonly #over: Promise<never>;
  readonly #signal: AbortSignal | undefined;
  #give: (reason: unknown) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  /** @throws TypeError or RangeError naming the option that is wrong */
  constructor(options: Pick<SecureStreamOptions, "handshakeTimeout" | "signal">) {
    const time = handshakeTime(options);
    this.#signal = checkSignal(options.signal);
    this.#over = new Promise<never>((_, reject) => {
      this.#give = reject;
    });
    // Nobody may be waiting when it comes.
    this.#over.catch(() => {});
    if (time > 0) this.#timer = setTimeout(() => this.#give(tooLate(time)), time).unref();
    if (this.#signal?.aborted) this.#aborted();
    this.#signal?.addEventListener("abort", this.#aborted, { once: true });
  }

  /** What `work` comes to, where that is in time; `late` is given what it comes to afterwards. */
  async race<T>(work: Promise<T>, late: (value: T) => void = () => {}): Promise<T> {
    let over = false;
    work.then(
      (value) => over && late(value),
      () => {},
    );
    try {
      return await Promise.race([this.#over, work]);
    } catch (error) {
      over = true;
      throw error;
    }
  }

  /** The handshake is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#aborted);
  }

  readonly #aborted = (): void => this.#give(this.#signal?.reason);
}

function tooLate(time: number): SecureStreamError {
  return new SecureStreamError("SSPI_HANDSHAKE_TIMEOUT", `the handshake was not complete after ${time} ms`);
}
