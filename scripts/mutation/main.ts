import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { tellMutatedFolder } from "./mutated-folder.ts";
import { judged, lineOf, type Mutated, type Score, scoreOf } from "./score.ts";

// npm run mutation [-- FOLDER… [--again]]: changes one thing of src at a time, and sees whether the tests of its folder
// notice. What was tried before and has not changed since is taken from .cache/mutation, unless it is to be tried again.

const root = join(import.meta.dirname, "../..");
const cache = join(root, ".cache/mutation");
/** Memory, secrets, and what stands between a caller and native code. */
const all = ["status", "memory", "messages", "credentials", "contexts", "streams", "packages"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { again: { type: "boolean", default: false }, concurrency: { type: "string", default: "1" } },
});
const unknown = positionals.find((name) => !all.some((folder) => folder === name));
if (unknown !== undefined) throw new Error(`expected folders of src among ${all.join(", ")}; got ${unknown}`);

async function mutate(folder: string): Promise<readonly Mutated[]> {
  const incrementalFile = join(cache, `${folder}.json`);
  if (values.again) rmSync(incrementalFile, { force: true });
  tellMutatedFolder(folder);
  return new Stryker({
    mutate: [`src/${folder}/**/*.ts`],
    plugins: ["@stryker-mutator/vitest-runner"],
    testRunner: "vitest",
    vitest: { configFile: "scripts/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    // What a text says is for people: tests look for what it has to name, and each word would be a mutant.
    mutator: { excludedMutations: ["StringLiteral"] },
    concurrency: Number(values.concurrency),
    incremental: true,
    incrementalFile,
    tempDirName: join(".cache/mutation", `copy-${folder}`),
    ignorePatterns: [".cache", "dist", "site", "coverage"],
    reporters: ["progress-append-only"],
    // The tests wait for nothing: what takes this long, in milliseconds, is a loop.
    timeoutMS: 60_000,
  }).runMutationTest();
}

const scores: Score[] = [];
for (const folder of positionals.length > 0 ? positionals : all) scores.push(scoreOf(folder, await mutate(folder)));

for (const { survivors } of scores) for (const survivor of survivors) console.log(lineOf(survivor));
const { table, low } = judged(scores);
console.log(table.join("\n"));
if (low.length > 0) process.exitCode = 1;
