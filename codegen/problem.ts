import { locate } from "./locate.ts";

/** A mistake in the metadata: its place, and what was expected there. */
export interface Problem {
  readonly file: string;
  readonly entity?: string;
  readonly field?: string;
  /** A key inside the field or the entity, if the key itself is the mistake. */
  readonly key?: string;
  /** The offset in the text, for a place that no name leads to. */
  readonly offset?: number;
  readonly expected: string;
}

export type Place = Omit<Problem, "expected">;

/** Collects all mistakes, so that one run shows every one. */
export class Problems {
  readonly #found = new Map<string, Problem>();
  readonly #texts: ReadonlyMap<string, string>;

  /** @param texts the metadata files by name, to find the lines of mistakes in them */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  add(place: Place, expected: string): void {
    const problem = { ...place, expected };
    const { entity = "", field = "" } = problem;
    this.#found.set([problem.file, entity, field, expected].join("\0"), problem);
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  /** Returns `sspi.json:12:5: SecBuffer: fields.cbBuffer.type: expected …`, which editors and terminals link. */
  lines(): string[] {
    return [...this.#found.values()].map((problem) => {
      const { entity, field, expected } = problem;
      return [this.#place(problem), entity, field, `expected ${expected}`]
        .filter((part) => part !== undefined)
        .join(": ");
    });
  }

  /** Returns the place of a mistake, without a line if the file's name itself is the mistake. */
  #place({ file, entity, field, key, offset }: Problem): string {
    const text = this.#texts.get(file);
    if (text === undefined || (entity ?? key ?? offset) === undefined) return file;
    const { line, column } = locate(text, { entity, field, key, offset });
    return `${file}:${line}:${column}`;
  }
}

export function at(place: Place, ...fields: (string | undefined)[]): Place {
  const field = [place.field, ...fields].filter((part) => part !== undefined && part !== "").join(".");
  return field === "" ? place : { ...place, field };
}
