import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { DryRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import { strykerPlugins as vitestPlugins } from "@stryker-mutator/vitest-runner";

// Stryker loads its plugins in processes that read no TypeScript, so this is JavaScript.

/**
 * @typedef {import("@stryker-mutator/api/test-runner").DryRunResult} Result
 * @typedef {{ filepath: string, result?: { state?: string, errors?: readonly { message: string }[] } }} TestFile
 * @typedef {{ testIds?: readonly string[], testFiles?: readonly string[] }} Wanted
 * @typedef {{ run(options?: Wanted): Promise<Result>, ctx: { state: { getFiles(): readonly TestFile[] } } }} Runner
 * @typedef {{ (injector: unknown): Runner, inject: readonly string[] }} Factory
 */

/**
 * Adds a failed test for each test file that failed. Stryker's plugin looks at tests only, and a file that cannot be
 * loaded has none: a mutant that stops the loading of a module would survive.
 *
 * @param {Result} result @param {readonly TestFile[]} files
 * @returns {Result}
 */
export function withFailedFiles(result, files) {
  if (result.status !== DryRunStatus.Complete) return result;
  const failed = files
    .filter((file) => file.result?.state === "fail")
    .map(({ filepath, result }) => ({
      id: `${filepath}#`,
      name: filepath,
      timeSpentMs: 0,
      status: /** @type {const} */ (TestStatus.Failed),
      failureMessage: result?.errors?.[0]?.message ?? "a test of this file failed",
    }));
  return { ...result, tests: [...result.tests, ...failed] };
}

/** How many characters the names of tests may have together. */
const longestNames = 20_000;

/**
 * Wants whole files in place of very many tests. Vitest makes one regular expression of all their names, and a mutant
 * whose expression is too large would count as one that could not be tried.
 *
 * @param {Wanted | undefined} wanted
 * @returns {Wanted | undefined}
 */
export function withWholeFiles(wanted) {
  const testIds = wanted?.testIds ?? [];
  if (testIds.join("").length <= longestNames) return wanted;
  return { ...wanted, testIds: [], testFiles: [...new Set(testIds.map((id) => id.slice(0, id.indexOf("#"))))] };
}

const [vitest] = /** @type {readonly { factory: Factory }[]} */ (/** @type {unknown} */ (vitestPlugins));
if (!vitest) throw new Error("Stryker's plugin for Vitest has no test runner");
const { factory } = vitest;

/** @type {Factory} */
function wholeFiles(injector) {
  const runner = factory(injector);
  const run = runner.run.bind(runner);
  runner.run = async (options) => withFailedFiles(await run(withWholeFiles(options)), runner.ctx.state.getFiles());
  return runner;
}
wholeFiles.inject = factory.inject;

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, "vitest-files", /** @type {never} */ (wholeFiles)),
];
