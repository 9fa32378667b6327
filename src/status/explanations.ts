/** A failure as a package named it, and the status that its caller was given for it. */
export interface Explanation {
  readonly status: number;
  readonly error: Error;
}

/** What packages said of failures. Calls off the event loop overtake each other, so each has its own. */
export class Explanations {
  #latest: Explanation | undefined;
  readonly #ofCalls = new WeakMap<Promise<number>, () => Explanation | undefined>();

  /** Of the call that has just been made; undefined where it succeeded. */
  set latest(explanation: Explanation | undefined) {
    this.#latest = explanation;
  }

  get latest(): Explanation | undefined {
    return this.#latest;
  }

  /** Remembers where the explanation of a call will be, for as long as somebody has its promise. */
  keep(call: Promise<number>, explanation: () => Explanation | undefined): Promise<number> {
    this.#ofCalls.set(call, explanation);
    return call;
  }

  /** What was said of a call, if that became `status`. */
  of(status: number, call?: Promise<number>): Error | undefined {
    const said = call === undefined ? this.#latest : this.#ofCalls.get(call)?.();
    return said?.status === status ? said.error : undefined;
  }
}
