import { locate } from "./locate.ts";

/** A mistake in the metadata: where, and what was expected there. */
export interface Problem {
  readonly file: string;
  readonly entity?: string;
  readonly field?: string;
  /** A key inside of that, which is itself what is wrong. */
  readonly key?: string;
  /** Where in the text, where no name leads there. */
  readonly offset?: number;
  readonly expected: string;
}

export type Place = Omit<Problem, "expected">;

/** Collects every mistake, so that one run shows all of them. */
export class Problems {
  readonly #found = new Map<string, Problem>();
  readonly #texts: ReadonlyMap<string, string>;

  /** `texts`: the metadata files, by name, for the lines of the mistakes in them. */
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

  /** `sspi.json:12:5: SecBuffer: fields.cbBuffer.type: expected …`, as editors and terminals link it. */
  lines(): string[] {
    return [...this.#found.values()].map((problem) => {
      const { entity, field, expected } = problem;
      return [this.#place(problem), entity, field, `expected ${expected}`]
        .filter((part) => part !== undefined)
        .join(": ");
    });
  }

  /** The name of a file may be what is wrong: then no line is. */
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
