import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { type ReportedTest, suiteTable } from "./suite-table.ts";

/** Says at the end of a run what ran on which provider against whom, as the tests themselves noted it. */
export class SuiteReport implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[] = []): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const ran = tests.filter((test) => ["passed", "failed"].includes(test.result().state));
    if (ran.length > 0) this.#vitest?.logger.log(`\n${suiteTable(ran.map(reported))}`);
    // Whoever names tests leaves out all others on purpose.
    const chosen = this.#vitest?.config.testNamePattern !== undefined;
    const out = tests.flatMap((test) => leftOut(test, chosen));
    if (out.length > 0) this.#vitest?.logger.log(`\nLeft out:\n  ${out.join("\n  ")}`);
    const failures = failed(modules, errors.length);
    if (failures !== undefined) this.#vitest?.logger.log(`\n${failures}`);
  }
}

/** What failed, for the last line of a run: `2 failed: test/lab/missing.test.ts`; undefined where nothing has. */
function failed(modules: readonly TestModule[], errors: number): string | undefined {
  const counts = modules.map((module) => {
    const tests = [...module.children.allTests()].filter((test) => test.result().state === "failed").length;
    // A file that does not load has no tests that could fail.
    return { file: module.relativeModuleId, count: module.state() === "failed" ? Math.max(tests, 1) : tests };
  });
  const files = [...new Set(counts.filter(({ count }) => count > 0).map(({ file }) => file))].sort();
  if (errors > 0) files.push(`${errors} outside of any test`);
  const total = counts.reduce((sum, { count }) => sum + count, errors);
  return total === 0 ? undefined : `${total} failed: ${files.join(", ")}`;
}

function reported(test: TestCase): ReportedTest {
  const { testedOn } = test.meta();
  return {
    suite: suiteOf(test),
    node: testedOn?.node ?? `${process.versions.node} ${process.platform}`,
    providers: testedOn?.providers ?? [],
    peers: testedOn?.peers ?? [],
    failed: test.result().state === "failed",
    milliseconds: test.diagnostic()?.duration ?? 0,
  };
}

/** `live/interop`: the project, and the folder below `test`. */
function suiteOf({ module, project }: TestCase): string {
  const [, folder = "test"] = /^test\/([^/]+)\//.exec(module.relativeModuleId) ?? [];
  return `${project.name}/${folder}`;
}

/** What did not run though nobody `chosen` others; what its author has a reason for, always. */
function leftOut(test: TestCase, chosen: boolean): string[] {
  const result = test.result();
  if (result.state !== "skipped") return [];
  const { note } = result;
  if (chosen && test.options.mode !== "todo" && note === undefined) return [];
  return [`${suiteOf(test)}: ${test.fullName}${note === undefined ? "" : ` (${note})`}`];
}
