import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { unit } from "../../vitest.config.ts";
import { toldCoverage, toldTests } from "./environment.ts";

/** They set the process's time zone, or count its native calls: a thread can do neither. */
const forProcesses = "test/{values/ticks,native/places,native/parallel-calls-on-posix}.test.ts";

/**
 * The unit tests that a mutant is tried with, in one process: for every mutant, a process per file would take longer
 * than the tests.
 */
export default defineConfig({
  ...unit,
  root: join(import.meta.dirname, "../.."),
  // Stryker runs Vitest in a thread, and a thread takes no options of V8.
  test: {
    ...unit.test,
    include: [...(toldTests() ?? unit.test.include)],
    exclude: [...unit.test.exclude, forProcesses],
    isolate: false,
    execArgv: [],
    setupFiles: [...(toldCoverage() ? [] : ["scripts/mutation/no-coverage.ts"]), ...unit.test.setupFiles],
    sequence: { setupFiles: "list" },
  },
});
