import { relative } from "node:path";

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The result of a mutant, in Stryker's terms. */
export interface Mutated {
  readonly status: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement?: string | undefined;
}

/** The percentage of mutants that the tests have to kill: over all folders, and in each. */
export const thresholds = { all: 92, each: 88 } as const;

/** A mutant that hangs counts as noticed, like one that fails a test. */
const killed: readonly string[] = ["Killed", "Timeout"];
const alive: readonly string[] = ["Survived", "NoCoverage"];

/** The mutants of one or several folders: the number of those that count, the survivors, and those not tried. */
export interface Score {
  readonly name: string;
  readonly mutants: number;
  readonly survivors: readonly Mutated[];
  /** Those with which the tests could not be run, most because they end the process at every attempt. */
  readonly untried: number;
}

/** Counts mutants; those that do not compile or are excluded say nothing about the tests. */
export function scoreOf(name: string, mutants: readonly Mutated[]): Score {
  const survivors = mutants.filter(({ status }) => alive.includes(status));
  const dead = mutants.filter(({ status }) => killed.includes(status)).length;
  const untried = mutants.filter(({ status }) => status === "RuntimeError").length;
  return { name, mutants: dead + survivors.length, survivors, untried };
}

export function together(scores: readonly Score[]): Score {
  const mutants = scores.reduce((sum, score) => sum + score.mutants, 0);
  const untried = scores.reduce((sum, score) => sum + score.untried, 0);
  return { name: "all", mutants, survivors: scores.flatMap(({ survivors }) => survivors), untried };
}

/** Returns 100 if there is nothing to mutate. */
export function percentOf({ mutants, survivors }: Score): number {
  return mutants === 0 ? 100 : (100 * (mutants - survivors.length)) / mutants;
}

/** Returns the table at the end of a run, and the names that are below their threshold. */
export function judged(scores: readonly Score[]): {
  readonly table: readonly string[];
  readonly low: readonly string[];
} {
  const rows = scores.length > 1 ? [...scores, together(scores)] : scores;
  const wanted = (name: string): number => (name === "all" ? thresholds.all : thresholds.each);
  const table = rows.map(
    (score) =>
      `${score.name.padEnd(12)} ${percentOf(score).toFixed(1).padStart(5)} % of ${score.mutants} mutants killed, ` +
      `at least ${wanted(score.name)} % wanted${score.untried > 0 ? `; ${score.untried} could not be tried` : ""}`,
  );
  return { table, low: rows.filter((score) => percentOf(score) < wanted(score.name)).map(({ name }) => name) };
}

/** Returns the place of a mutant in the form of Stryker's `mutate` option, in which columns count from zero. */
export function placeOf({ fileName, location }: Mutated, root: string): string {
  const [start, end] = [location.start, location.end].map(({ line, column }) => `${line}:${column - 1}`);
  return `${relative(root, fileName)}:${start}-${end}`;
}

/**
 * Replaces results of surviving mutants by their later results. The second run also contains other mutants of the same
 * places, which are ignored.
 */
export function secondOpinion(first: readonly Mutated[], second: readonly Mutated[]): readonly Mutated[] {
  const key = ({ fileName, location, mutatorName, replacement }: Mutated): string =>
    JSON.stringify([fileName, location, mutatorName, replacement]);
  const later = new Map(second.map((mutant) => [key(mutant), mutant]));
  return first.map((mutant) => (alive.includes(mutant.status) ? (later.get(key(mutant)) ?? mutant) : mutant));
}

/** Describes the place and the change of a mutant, in enough detail to make it by hand. */
export function lineOf({ fileName, location, mutatorName, replacement }: Mutated): string {
  const { line, column } = location.start;
  const text = replacement?.replace(/\s+/g, " ") ?? "";
  return `${fileName}:${line}:${column} ${mutatorName}: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`;
}
