import type { Abi } from "../../src/ctypes/abi.ts";
import { type Compiler, messagesOf, preprocessed } from "./compiler.ts";
import { diagnose } from "./diagnostics.ts";
import type { HeaderSet } from "./header-set.ts";
import { sourceOf } from "./source.ts";
import { type Check, type Subject, type Unit, units } from "./subject.ts";

/** A claim of the metadata that the headers contradict. */
export interface Mismatch {
  readonly subject: Subject;
  readonly claim: string;
  /** The compiler's message, if it adds information. */
  readonly reason?: string;
}

/** The findings of one compiler. */
export interface Findings {
  readonly abi: Abi;
  readonly absent: readonly Subject[];
  readonly present: readonly Subject[];
  readonly mismatches: readonly Mismatch[];
  /** Errors of the headers themselves. */
  readonly broken: readonly string[];
}

/**
 * Checks first which names the headers declare, then whether they match the metadata: so a missing name hides no other
 * mistake, and each is reported once.
 */
export async function examine(subjects: readonly Subject[], compiler: Compiler, headers: HeaderSet): Promise<Findings> {
  const compile = new Compilation(compiler, headers);
  const missing = await compile.missing(subjects);
  const gone = new Set([...missing].filter(({ within }) => within === undefined).map(({ name }) => name));
  const apart = subjects.filter(({ within }) => within === undefined || !gone.has(within));
  const absent = apart.filter((subject) => missing.has(subject));
  // A struct that lacks a field is older than the metadata, and therefore smaller.
  const smaller = new Set(absent.flatMap(({ kind, within }) => (kind === "fields" && within ? [within] : [])));
  const present = apart.filter((subject) => !missing.has(subject));
  const judged = present.map((subject) => (smaller.has(subject.name) ? { ...subject, checks: [] } : subject));
  const found = await Promise.all(units.map((unit) => compile.mismatches(unit, judged)));
  return { abi: compiler.abi, absent, present, mismatches: found.flat(), broken: compile.broken };
}

class Compilation {
  readonly #compiler: Compiler;
  readonly #headers: HeaderSet;
  readonly #broken = new Set<string>();

  constructor(compiler: Compiler, headers: HeaderSet) {
    this.#compiler = compiler;
    this.#headers = headers;
  }

  get broken(): string[] {
    return [...this.#broken];
  }

  /**
   * Returns names that no header declares. A compiler takes long to report an unknown name, because it looks for
   * similar ones, so only names that occur in the headers are compiled.
   */
  async missing(subjects: readonly Subject[]): Promise<Set<Subject>> {
    const { include, prelude } = this.#headers;
    const text = await preprocessed(this.#compiler, { include, text: prelude });
    const words = new Set(text.match(/[A-Za-z_]\w*/g));
    const occurs = ({ name }: Subject): boolean => name.split(".").every((word) => words.has(word));
    const asked = subjects.filter(occurs);
    const refused = await this.refusals(
      "facts",
      asked.map(({ presence }) => presence),
    );
    const declared = new Set(asked.filter((_, index) => !refused.has(index)));
    return new Set(subjects.filter((subject) => !declared.has(subject)));
  }

  async mismatches(unit: Unit, subjects: readonly Subject[]): Promise<Mismatch[]> {
    const all = subjects.flatMap((subject) =>
      subject.checks.filter((check) => check.unit === unit).map((check): [Subject, Check] => [subject, check]),
    );
    const refused = await this.refusals(
      unit,
      all.map(([, { code }]) => code),
    );
    return all.flatMap(([subject, { claim }], index) => {
      const reason = refused.get(index);
      if (reason === undefined) return [];
      return [{ subject, claim, ...(silent.test(reason) ? {} : { reason }) }];
    });
  }

  async refusals(unit: Unit, pieces: readonly string[]): Promise<Map<number, string>> {
    const refused = new Map<number, string>();
    const { include } = this.#headers;
    while (refused.size < pieces.length) {
      const left = pieces.flatMap((piece, index) => (refused.has(index) ? [] : [{ piece, index }]));
      const source = sourceOf(
        this.#headers.prelude,
        left.map(({ piece }) => piece),
      );
      const found = diagnose(await messagesOf(this.#compiler, unit, { include, text: source.text }), source);
      for (const line of found.others) this.#broken.add(line);
      for (const [index, text] of found.refused) refused.set(left[index]?.index ?? -1, text);
      // Repeat only for the optimiser, which checks pieces only once the source has no other error.
      if (unit !== "values" || found.refused.size === 0) break;
    }
    return refused;
  }
}

const silent = /^static[_ ]assert(ion)? failed|declared with attribute error|'error' attribute/;
