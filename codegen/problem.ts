/** A mistake in the metadata: where, and what was expected there. */
export interface Problem {
  readonly file: string;
  readonly entity?: string;
  readonly field?: string;
  readonly expected: string;
}

export type Place = Omit<Problem, "expected">;

/** Collects every mistake, so that one run shows all of them. */
export class Problems {
  readonly #found = new Map<string, Problem>();

  add(place: Place, expected: string): void {
    const problem = { ...place, expected };
    this.#found.set(describe(problem), problem);
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  lines(): string[] {
    return [...this.#found.keys()];
  }
}

export function at(place: Place, ...fields: (string | undefined)[]): Place {
  const field = [place.field, ...fields].filter((part) => part !== undefined && part !== "").join(".");
  return field === "" ? place : { ...place, field };
}

function describe({ file, entity, field, expected }: Problem): string {
  return [file, entity, field, `expected ${expected}`].filter((part) => part !== undefined).join(": ");
}
