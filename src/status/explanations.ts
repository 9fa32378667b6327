/** A package's own error for a failure, and the status that the caller received for it. */
export interface Explanation {
  readonly status: number;
  readonly error: Error;
}

/**
 * Keeps the packages' own errors. Each call off the event loop has a separate explanation, because such calls can
 * overtake each other.
 */
export class Explanations {
  #latest: Explanation | undefined;
  readonly #ofCalls = new WeakMap<Promise<number>, () => Explanation | undefined>();

  /** The explanation of the latest synchronous call; undefined if it succeeded. */
  set latest(explanation: Explanation | undefined) {
    this.#latest = explanation;
  }

  get latest(): Explanation | undefined {
    return this.#latest;
  }

  /** Stores how to get the explanation of a call, for as long as the call's promise is reachable. */
  keep(call: Promise<number>, explanation: () => Explanation | undefined): Promise<number> {
    this.#ofCalls.set(call, explanation);
    return call;
  }

  /** The package's own error of a call, if its translation was `status`. */
  of(status: number, call?: Promise<number>): Error | undefined {
    const said = call === undefined ? this.#latest : this.#ofCalls.get(call)?.();
    return said?.status === status ? said.error : undefined;
  }
}
