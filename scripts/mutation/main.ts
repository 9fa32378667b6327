import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { tellCoverage, tellMutants, tellTests } from "./environment.ts";
import { judged, lineOf, type Mutated, placeOf, type Score, scoreOf, secondOpinion } from "./score.ts";

// npm run mutation [-- FOLDER… [--again] [--own]]: makes one change in src at a time, and checks whether the unit tests
// notice it; with --own only the tests of the same folder. FOLDER is one of those below, or a folder inside of it.
// Results for unchanged code are taken from .cache/mutation, unless --again is given.

const root = join(import.meta.dirname, "../..");
const cache = join(root, ".cache/mutation");
/** Memory, secrets, and the code between a caller and native code. */
const all = ["status", "memory", "messages", "credentials", "contexts", "streams", "packages"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: "boolean", default: false },
    own: { type: "boolean", default: false },
    concurrency: { type: "string", default: "1" },
  },
});
/** The folder of `src` and `test` to which a folder belongs. */
const topOf = (folder: string): string => folder.replace(/\/.*/, "");
const isKnown = (name: string): boolean =>
  all.some((folder) => folder === topOf(name)) && existsSync(join(root, "src", name));
const unknown = positionals.find((name) => !isKnown(name));
if (unknown !== undefined) throw new Error(`expected folders of src among ${all.join(", ")}; got ${unknown}`);

type Coverage = "perTest" | "off";

/** Runs Stryker on parts of `src`. */
function run(places: readonly string[], coverage: Coverage, options: object): Promise<readonly Mutated[]> {
  tellCoverage(coverage === "perTest");
  return new Stryker({
    mutate: [...places],
    plugins: ["./scripts/mutation/runner.mjs", "./scripts/mutation/ignorers.mjs"],
    ignorers: ["option-names", "other-mutants"],
    testRunner: "vitest-files",
    vitest: { configFile: "scripts/mutation/vitest.config.ts", related: false },
    // Leave texts unchanged: tests check only the names in a message, and each word would be a mutant.
    mutator: { excludedMutations: ["StringLiteral"] },
    coverageAnalysis: coverage,
    concurrency: Number(values.concurrency),
    tempDirName: join(".cache/mutation", `copy-${process.pid}`),
    ignorePatterns: [".cache", "dist", "site", "coverage"],
    reporters: ["progress-append-only"],
    // The tests never wait: a test that takes this many milliseconds is in a loop.
    timeoutMS: 10_000,
    ...options,
  }).runMutationTest();
}

/** Tries some mutants again; the results of the others stay. */
async function again(
  mutants: readonly Mutated[],
  wanted: (mutant: Mutated) => boolean,
  coverage: Coverage,
): Promise<readonly Mutated[]> {
  const some = mutants.filter(wanted);
  if (some.length === 0) return mutants;
  tellMutants(some);
  const later = await run([...new Set(some.map((mutant) => placeOf(mutant, root)))], coverage, {});
  tellMutants(undefined);
  return secondOpinion(mutants, later);
}

/**
 * Runs first only those tests of the top folder that reach a mutant. A value that one test computes once for all later
 * tests counts as reached by that test alone, so survivors are tried again with all tests of the folder. What they do
 * not reach at all is tried with the unit tests of other folders.
 */
async function mutate(folder: string): Promise<readonly Mutated[]> {
  const incrementalFile = join(cache, `${folder.replaceAll("/", "-")}.json`);
  if (values.again) rmSync(incrementalFile, { force: true });
  tellTests([`test/${topOf(folder)}/**/*.test.ts`]);
  const first = await run([`src/${folder}/**/*.ts`], "perTest", { incremental: true, incrementalFile });
  const second = await again(first, ({ status }) => status === "Survived", "off");
  if (values.own) return second;
  tellTests(undefined);
  return again(second, ({ status }) => status === "NoCoverage", "perTest");
}

const scores: Score[] = [];
for (const folder of positionals.length > 0 ? positionals : all) scores.push(scoreOf(folder, await mutate(folder)));

for (const { survivors } of scores) for (const survivor of survivors) console.log(lineOf(survivor));
const { table, low } = judged(scores);
console.log(table.join("\n"));
if (low.length > 0) process.exitCode = 1;
