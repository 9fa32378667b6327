import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVitest, type Reporter, type TestCase } from "vitest/node";
import { contractRows, contractTable, type Outcome, rowsOf } from "./contract-rows.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const anyRow = /\b(?:EXP|ISC|ASC|SPX|SPT)-\d\d\b/;

/** Prints nothing about tests that pass. */
const failures: Reporter = {
  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    if (state === "failed")
      console.error(`${test.fullName}\n${errors.map(({ message }) => `  ${message}`).join("\n")}`);
  },
};

/** Test files whose titles name a row. */
function files(): readonly string[] {
  const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  return all
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(root, "test", file))
    .filter((file) => anyRow.test(readFileSync(file, "utf8")));
}

function outcomeOf(test: TestCase): Outcome {
  const { providers = [], peers = [] } = test.meta().testedOn ?? {};
  return { title: test.name, state: test.result().state, providers, peers };
}

const vitest = await createVitest("test", {
  root,
  watch: false,
  reporters: [failures],
  testNamePattern: anyRow,
});
let failed = true;
try {
  const { testModules, unhandledErrors } = await vitest.start([...files()]);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  const rows = contractRows(tests.map(outcomeOf).filter(({ title }) => rowsOf(title).length > 0));
  console.log(`${contractTable(rows)}\n`);
  const broken = rows.filter(({ state }) => state !== "pass");
  const summary = broken.map(({ id, state }) => `${id} ${state}`).join(", ") || "none missing, none failed";
  console.log(`${rows.length} rows: ${summary}`);
  // A file that does not load has no tests that could fail, although other files may test its rows.
  const unsound = testModules.filter((module) => module.errors().length > 0);
  for (const module of unsound)
    console.error(`${module.relativeModuleId} did not load: ${module.errors()[0]?.message}`);
  failed = broken.length > 0 || unhandledErrors.length > 0 || !testModules.every((module) => module.ok());
} finally {
  await vitest.close();
}
process.exitCode = failed ? 1 : 0;
