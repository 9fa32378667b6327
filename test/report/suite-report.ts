import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { type ReportedTest, suiteTable } from "./suite-table.ts";

/** Prints at the end of a run which suites ran on which provider with which peers, as the tests recorded them. */
export class SuiteReport implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[] = []): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const ran = tests.filter((test) => ["passed", "failed"].includes(test.result().state));
    if (ran.length > 0) this.#vitest?.logger.log(`\n${suiteTable(ran.map(reported))}`);
    // A name pattern excludes the other tests on purpose, so they are not reported.
    const chosen = this.#vitest?.config.testNamePattern !== undefined;
    const out = tests.flatMap((test) => leftOut(test, chosen));
    if (out.length > 0) this.#vitest?.logger.log(`\nLeft out:\n  ${out.join("\n  ")}`);
    const failures = failed(modules, errors);
    if (failures !== undefined) this.#vitest?.logger.log(`\n${failures}`);
  }
}

/** The last lines of a run: each failed test with its error's first line, then `2 failed: test/lab/missing.test.ts`. */
function failed(modules: readonly TestModule[], errors: readonly unknown[]): string | undefined {
  const failures = modules.flatMap(failuresOf);
  const files = [...new Set(failures.map(({ file }) => file))].sort();
  if (errors.length > 0) files.push(`${errors.length} outside of any test`);
  const lines = [
    ...failures.map(({ line }) => line),
    ...errors.map((error) => `outside of any test: ${firstLine(error)}`),
  ];
  if (lines.length === 0) return undefined;
  return `${lines.slice(0, 40).join("\n")}\n${lines.length} failed: ${files.join(", ")}`;
}

interface Failure {
  readonly file: string;
  readonly line: string;
}

function failuresOf(module: TestModule): Failure[] {
  const file = module.relativeModuleId;
  const name = `FAILED ${module.project.name} ${file}`;
  const tests = [...module.children.allTests()].filter((test) => test.result().state === "failed");
  if (tests.length > 0)
    return tests.map((test) => ({ file, line: `${name} > ${test.fullName}: ${firstLine(test.result().errors?.[0])}` }));
  // A file that does not load has no tests, so its own error is reported.
  return module.state() === "failed" ? [{ file, line: `${name}: ${firstLine(module.errors()[0])}` }] : [];
}

function firstLine(error: unknown): string {
  const { message } = Object(error) as { readonly message?: unknown };
  return String(message ?? error).split("\n", 1)[0] ?? "";
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

/** Names a skipped test; if a pattern has `chosen` tests, only if the test is a todo or has a note. */
function leftOut(test: TestCase, chosen: boolean): string[] {
  const result = test.result();
  if (result.state !== "skipped") return [];
  const { note } = result;
  if (chosen && test.options.mode !== "todo" && note === undefined) return [];
  return [`${suiteOf(test)}: ${test.fullName}${note === undefined ? "" : ` (${note})`}`];
}
