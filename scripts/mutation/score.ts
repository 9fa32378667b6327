import { relative } from "node:path";

interface Position {
  readonly line: number;
  readonly column: number;
}

/** What became of a mutant, as Stryker calls it. */
export interface Mutated {
  readonly status: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement?: string | undefined;
}

/** Percent of the mutants that the tests have to kill: of all folders together, and of each. */
export const thresholds = { all: 92, each: 88 } as const;

/** A mutant that hangs is noticed as one that fails a test is. */
const killed: readonly string[] = ["Killed", "Timeout"];
const alive: readonly string[] = ["Survived", "NoCoverage"];

/** Mutants of a folder, or of several: those that count, and those that the tests let live. */
export interface Score {
  readonly name: string;
  readonly mutants: number;
  readonly survivors: readonly Mutated[];
}

/** Mutants that do not compile, or that are left out, say nothing of the tests. */
export function scoreOf(name: string, mutants: readonly Mutated[]): Score {
  const survivors = mutants.filter(({ status }) => alive.includes(status));
  const dead = mutants.filter(({ status }) => killed.includes(status)).length;
  return { name, mutants: dead + survivors.length, survivors };
}

export function together(scores: readonly Score[]): Score {
  const mutants = scores.reduce((sum, score) => sum + score.mutants, 0);
  return { name: "all", mutants, survivors: scores.flatMap(({ survivors }) => survivors) };
}

/** Nothing to mutate is nothing to complain of. */
export function percentOf({ mutants, survivors }: Score): number {
  return mutants === 0 ? 100 : (100 * (mutants - survivors.length)) / mutants;
}

/** The table that a run ends with, and what of it is below its threshold. */
export function judged(scores: readonly Score[]): {
  readonly table: readonly string[];
  readonly low: readonly string[];
} {
  const rows = scores.length > 1 ? [...scores, together(scores)] : scores;
  const wanted = (name: string): number => (name === "all" ? thresholds.all : thresholds.each);
  const table = rows.map(
    (score) =>
      `${score.name.padEnd(12)} ${percentOf(score).toFixed(1).padStart(5)} % of ${score.mutants} mutants killed, ` +
      `at least ${wanted(score.name)} % wanted`,
  );
  return { table, low: rows.filter((score) => percentOf(score) < wanted(score.name)).map(({ name }) => name) };
}

/** Where a mutant is, as Stryker wants to be told what to mutate: there its columns count from zero. */
export function placeOf({ fileName, location }: Mutated, root: string): string {
  const [start, end] = [location.start, location.end].map(({ line, column }) => `${line}:${column - 1}`);
  return `${relative(root, fileName)}:${start}-${end}`;
}

/** What became of mutants, as it was found out later for some of them: those places have others, too. */
export function secondOpinion(first: readonly Mutated[], second: readonly Mutated[]): readonly Mutated[] {
  const key = ({ fileName, location, mutatorName, replacement }: Mutated): string =>
    JSON.stringify([fileName, location, mutatorName, replacement]);
  const later = new Map(second.map((mutant) => [key(mutant), mutant]));
  return first.map((mutant) => (alive.includes(mutant.status) ? (later.get(key(mutant)) ?? mutant) : mutant));
}

/** Where a mutant is, and what it is: enough to make it by hand. */
export function lineOf({ fileName, location, mutatorName, replacement }: Mutated): string {
  const { line, column } = location.start;
  const text = replacement?.replace(/\s+/g, " ") ?? "";
  return `${fileName}:${line}:${column} ${mutatorName}: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`;
}
