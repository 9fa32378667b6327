import type { Mutated } from "./score.ts";

const name = "SSPI_MUTATION_TESTS";

/** Tells the processes that Stryker starts which unit tests to run, as patterns of their files; undefined means all. */
export function tellTests(patterns: readonly string[] | undefined): void {
  process.env[name] = JSON.stringify(patterns ?? null);
}

/** Returns what {@link tellTests} told. */
export function toldTests(): readonly string[] | undefined {
  const text = process.env[name];
  if (!text) throw new Error(`${name}: expected patterns of the tests that are to run`);
  return (JSON.parse(text) as readonly string[] | null) ?? undefined;
}

/** Tells the processes that Stryker starts whether each mutant is tried only with the tests that reach it. */
export function tellCoverage(perTest: boolean): void {
  process.env["SSPI_MUTATION_COVERAGE"] = perTest ? "perTest" : "off";
}

/** Returns what {@link tellCoverage} told. */
export function toldCoverage(): boolean {
  return process.env["SSPI_MUTATION_COVERAGE"] === "perTest";
}

/**
 * Tells `ignorers.mjs`, which reads no TypeScript, where the mutants to try are; undefined means all. Not by a variable
 * of the environment, because many mutants are more than a child process can be given in one.
 */
export function tellMutants(mutants: readonly Mutated[] | undefined): void {
  Object.assign(globalThis, { mutantsToTry: mutants?.map(({ location }) => location) });
}
