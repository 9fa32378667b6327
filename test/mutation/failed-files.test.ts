import { join } from "node:path";
import { type DryRunResult, DryRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import { describe, expect, it } from "vitest";

interface TestFile {
  readonly filepath: string;
  readonly result: { readonly state: string; readonly errors?: readonly { readonly message: string }[] };
}

// JavaScript, of which TypeScript knows no types.
const { withFailedFiles } = (await import(join(import.meta.dirname, "../../scripts/mutation/runner.mjs"))) as {
  withFailedFiles(result: DryRunResult, files: readonly TestFile[]): DryRunResult;
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
