import { join } from "node:path";
import { type DryRunResult, DryRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import { describe, expect, it } from "vitest";

interface TestFile {
  readonly filepath: string;
  readonly result: { readonly state: string; readonly errors?: readonly { readonly message: string }[] };
}

interface Wanted {
  readonly testIds?: readonly string[];
  readonly testFiles?: readonly string[];
}

// JavaScript, of which TypeScript knows no types.
const { withFailedFiles, withWholeFiles } = (await import(
  join(import.meta.dirname, "../../scripts/mutation/runner.mjs")
)) as {
  withFailedFiles(result: DryRunResult, files: readonly TestFile[]): DryRunResult;
  withWholeFiles(wanted: Wanted | undefined): Wanted | undefined;
};

const passed = { id: "a.test.ts#works", name: "works", timeSpentMs: 1, status: TestStatus.Success } as const;
const complete = { status: DryRunStatus.Complete, tests: [passed] } as const;

describe("the tests that a mutant is tried with", () => {
  it("fail where a file of them cannot be loaded", () => {
    const files = [
      { filepath: "a.test.ts", result: { state: "pass" } },
      { filepath: "b.test.ts", result: { state: "fail", errors: [{ message: "cannot be loaded" }] } },
    ];
    const { tests } = withFailedFiles({ ...complete, tests: [passed] }, files) as { tests: readonly object[] };
    expect(tests).toEqual([
      passed,
      expect.objectContaining({ name: "b.test.ts", status: TestStatus.Failed, failureMessage: "cannot be loaded" }),
    ]);
  });

  it("are not added to those of a run that did not end", () => {
    const timeout = { status: DryRunStatus.Timeout } as const;
    expect(withFailedFiles(timeout, [{ filepath: "b.test.ts", result: { state: "fail" } }])).toBe(timeout);
  });
});

describe("the tests that are wanted for a mutant", () => {
  it("are named where they are few", () => {
    for (const wanted of [undefined, {}, { testIds: ["a.test.ts#works", "b.test.ts#works too"] }])
      expect(withWholeFiles(wanted)).toBe(wanted);
  });

  it("are all tests of their files where their names would make too large a regular expression", () => {
    const testIds = ["a.test.ts", "b.test.ts"].flatMap((file) =>
      Array.from({ length: 200 }, (_, index) => `${file}#works with # and ${"x".repeat(50)} ${index}`),
    );
    expect(withWholeFiles({ testIds })).toEqual({ testIds: [], testFiles: ["a.test.ts", "b.test.ts"] });
  });
});
