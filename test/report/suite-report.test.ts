import { describe, expect, it } from "vitest";
import type { TestModule, Vitest } from "vitest/node";
import { SuiteReport } from "./suite-report.ts";

interface Ended {
  readonly fullName: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly mode?: "run" | "skip" | "todo";
  readonly note?: string;
}

/** The report's text about a run of these tests. */
function said(tests: readonly Ended[], testNamePattern?: RegExp, errors: readonly Error[] = []): string {
  const lines: string[] = [];
  const project = { name: "live" };
  const module = {
    project,
    relativeModuleId: "test/live/some.test.ts",
    state: () => "passed",
    children: { allTests: () => cases },
  };
  const cases = tests.map(({ fullName, state, mode = "run", note }) => ({
    fullName,
    module,
    project,
    options: { mode },
    result: () => ({
      state,
      ...(note !== undefined && { note }),
      ...(state === "failed" && { errors: [{ message: "expected 1 to be 2\n\n- 2\n+ 1" }] }),
    }),
    meta: () => ({ testedOn: { node: "20.1.0 linux", providers: [], peers: [] } }),
    diagnostic: () => ({ duration: 10 }),
  }));
  const report = new SuiteReport();
  report.onInit({
    config: { testNamePattern },
    logger: { log: (line: string) => lines.push(line) },
  } as never as Vitest);
  const unloadable = {
    project,
    errors: () => [{ message: "Cannot find module" }],
    relativeModuleId: "test/live/broken.test.ts",
    state: () => "failed",
    children: { allTests: () => [] },
  };
  const modules = errors.length > 0 ? [module, unloadable] : [module];
  report.onTestRunEnd(modules as never as TestModule[], errors);
  return lines.join("\n");
}

const passed: Ended = { fullName: "runs", state: "passed" };
const skipped: Ended = { fullName: "has no compiler", state: "skipped", mode: "skip" };
const noted: Ended = { fullName: "is for later", state: "skipped", note: "later" };

describe("the report of a run", () => {
  it("counts the tests that ran, and names every test that did not run", () => {
    const report = said([passed, { ...passed, state: "failed" }, skipped, noted]);
    expect(report).toMatch(/live\/live +20\.1\.0 linux +none +2 \(1 failed\)/);
    expect(report).toMatch(/Left out:\n {2}live\/live: has no compiler\n {2}live\/live: is for later \(later\)$/m);
  });

  it("ends with each failed test, its error's first line and their files, after the tests left out", () => {
    const failed: Ended = { ...passed, state: "failed" };
    const line = "FAILED live test/live/some.test.ts > runs: expected 1 to be 2\n";
    expect(said([failed, passed, skipped, failed]).split("\n\n")[2]).toBe(
      `${line}${line}2 failed: test/live/some.test.ts`,
    );
    expect(said([passed, skipped])).not.toContain("failed:");
  });

  it("ends with files that do not load and errors outside of any test", () => {
    const report = said([passed], undefined, [new Error("the lab did not start")]);
    expect(report.split("\n\n")[1]).toBe(
      [
        "FAILED live test/live/broken.test.ts: Cannot find module",
        "outside of any test: the lab did not start",
        "2 failed: test/live/broken.test.ts, 1 outside of any test",
      ].join("\n"),
    );
  });

  it("does not list the tests that a name pattern excluded", () => {
    expect(said([passed, skipped], /runs/)).not.toContain("Left out");
    expect(said([passed, noted], /runs/)).toContain("live/live: is for later (later)");
  });
});
