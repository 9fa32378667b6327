/** Runs asynchronous work one at a time, in the order of the calls. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after all earlier work has ended, and returns its result. */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.then(settled, settled);
    return turn;
  }

  /** Resolves when no work is running and none is waiting. */
  async idle(): Promise<void> {
    for (let last: unknown; last !== this.#last; ) {
      last = this.#last;
      await this.#last;
    }
  }
}

/** Discards the outcome of a turn, so that it is not kept alive. */
function settled(): void {}
