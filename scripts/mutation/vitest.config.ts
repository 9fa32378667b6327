import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { unit } from "../../vitest.config.ts";
import { mutatedFolder } from "./mutated-folder.ts";

/**
 * The unit tests of one folder in one process: for every mutant, a process per file would take longer than the tests.
 */
export default defineConfig({
  ...unit,
  root: join(import.meta.dirname, "../.."),
  // Stryker runs Vitest in a thread, and a thread takes no options of V8.
  test: { ...unit.test, include: [`test/${mutatedFolder()}/**/*.test.ts`], isolate: false, execArgv: [] },
});
