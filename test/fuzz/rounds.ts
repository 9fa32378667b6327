/** How far apart the places are at which two sequences of calls begin. */
const stride = 5;

/**
 * Goes through lists in turn, from a place that the seed chooses: sequences with consecutive seeds reach all of a list
 * together, which a random choice does only by chance.
 */
export class Rounds {
  readonly #start: number;
  readonly #turns = new Map<unknown, number>();

  constructor(seed: number) {
    this.#start = (seed >>> 0) * stride;
  }

  /** The next element of the list with that key. */
  next<T>(key: unknown, list: readonly T[]): T {
    const turn = this.#turns.get(key) ?? this.#start;
    this.#turns.set(key, turn + 1);
    return list[turn % list.length] as T;
  }
}
