import { describe, expect, it } from "vitest";
import type { TestModule, Vitest } from "vitest/node";
import { SuiteReport } from "./suite-report.ts";

interface Ended {
  readonly fullName: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly mode?: "run" | "skip" | "todo";
  readonly note?: string;
}

/** What the report says of a run of these tests. */
function said(tests: readonly Ended[], testNamePattern?: RegExp, errors: readonly Error[] = []): string {
  const lines: string[] = [];
  const module = {
    relativeModuleId: "test/live/some.test.ts",
    state: () => "passed",
    children: { allTests: () => cases },
  };
  const cases = tests.map(({ fullName, state, mode = "run", note }) => ({
    fullName,
    module,
    project: { name: "live" },
    options: { mode },
    result: () => ({ state, ...(note !== undefined && { note }) }),
    meta: () => ({ testedOn: { node: "20.1.0 linux", providers: [], peers: [] } }),
    diagnostic: () => ({ duration: 10 }),
  }));
  const report = new SuiteReport();
  report.onInit({
    config: { testNamePattern },
    logger: { log: (line: string) => lines.push(line) },
  } as never as Vitest);
  const unloadable = {
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
  it("counts what ran, and names everything that did not", () => {
    const report = said([passed, { ...passed, state: "failed" }, skipped, noted]);
    expect(report).toMatch(/live\/live +20\.1\.0 linux +none +2 \(1 failed\)/);
    expect(report).toMatch(/Left out:\n {2}live\/live: has no compiler\n {2}live\/live: is for later \(later\)$/m);
  });

  it("ends with the files in which tests failed, after what was left out", () => {
    const failed: Ended = { ...passed, state: "failed" };
    expect(said([failed, passed, skipped, failed])).toMatch(/Left out:.*\n\n2 failed: test\/live\/some\.test\.ts$/s);
    expect(said([passed, skipped])).not.toContain("failed:");
  });

  it("ends with files that do not load, and errors outside of any test", () => {
    const report = said([passed], undefined, [new Error("the lab did not start")]);
    expect(report).toMatch(/\n\n2 failed: test\/live\/broken\.test\.ts, 1 outside of any test$/);
  });

  it("says nothing of what somebody left out who named the tests to run", () => {
    expect(said([passed, skipped], /runs/)).not.toContain("Left out");
    expect(said([passed, noted], /runs/)).toContain("live/live: is for later (later)");
  });
});
