import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { tellMutatedFolder } from "./mutated-folder.ts";
import { judged, lineOf, type Mutated, placeOf, type Score, scoreOf, secondOpinion } from "./score.ts";

// npm run mutation [-- FOLDER… [--again]]: makes one change in src at a time, and checks whether the tests of its
// folder notice it. Results for unchanged code are taken from .cache/mutation, unless --again is given.

const root = join(import.meta.dirname, "../..");
const cache = join(root, ".cache/mutation");
/** Memory, secrets, and the code between a caller and native code. */
const all = ["status", "memory", "messages", "credentials", "contexts", "streams", "packages"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { again: { type: "boolean", default: false }, concurrency: { type: "string", default: "1" } },
});
const unknown = positionals.find((name) => !all.some((folder) => folder === name));
if (unknown !== undefined) throw new Error(`expected folders of src among ${all.join(", ")}; got ${unknown}`);

/** Runs Stryker on parts of `src`. */
function run(folder: string, places: readonly string[], options: object): Promise<readonly Mutated[]> {
  tellMutatedFolder(folder);
  return new Stryker({
    mutate: [...places],
    plugins: ["@stryker-mutator/vitest-runner", "./scripts/mutation/option-names.mjs"],
    ignorers: ["option-names"],
    testRunner: "vitest",
    vitest: { configFile: "scripts/mutation/vitest.config.ts", related: false },
    // Leave texts unchanged: tests check only the names in a message, and each word would be a mutant.
    mutator: { excludedMutations: ["StringLiteral"] },
    concurrency: Number(values.concurrency),
    tempDirName: join(".cache/mutation", `copy-${folder}`),
    ignorePatterns: [".cache", "dist", "site", "coverage"],
    reporters: ["progress-append-only"],
    // The tests never wait: a test that takes this many milliseconds is in a loop.
    timeoutMS: 10_000,
    ...options,
  }).runMutationTest();
}

/**
 * Runs first only the tests that reach a mutant. A value that one test computes once for all later tests counts as
 * reached by that test alone, so survivors are tried again with all tests of the folder.
 */
async function mutate(folder: string): Promise<readonly Mutated[]> {
  const incrementalFile = join(cache, `${folder}.json`);
  if (values.again) rmSync(incrementalFile, { force: true });
  const incremental = { incremental: true, incrementalFile, coverageAnalysis: "perTest" };
  const first = await run(folder, [`src/${folder}/**/*.ts`], incremental);
  const places = scoreOf(folder, first).survivors.map((mutant) => placeOf(mutant, root));
  if (places.length === 0) return first;
  return secondOpinion(first, await run(folder, [...new Set(places)], { coverageAnalysis: "off" }));
}

const scores: Score[] = [];
for (const folder of positionals.length > 0 ? positionals : all) scores.push(scoreOf(folder, await mutate(folder)));

for (const { survivors } of scores) for (const survivor of survivors) console.log(lineOf(survivor));
const { table, low } = judged(scores);
console.log(table.join("\n"));
if (low.length > 0) process.exitCode = 1;
