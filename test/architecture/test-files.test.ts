import { execFileSync } from "node:child_process";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourceFiles } from "./source-files.ts";

/** Suites that the tests for Node on Wine start themselves. */
const started = "test/windows/fixtures/";

describe("test files", () => {
  it("are all run by a project of vitest.config.ts", { timeout: 60_000 }, () => {
    const cli = join(root, "node_modules/vitest/vitest.mjs");
    const env = { ...process.env, SSPI_WINDOWS_NODES: "22" };
    const printed = execFileSync(process.execPath, [cli, "list", "--filesOnly", "--json"], { cwd: root, env });
    const listed = JSON.parse(printed.toString()) as readonly { readonly file: string }[];
    const run = new Set(listed.map(({ file }) => relative(root, file).replaceAll("\\", "/")));
    const tests = sourceFiles("test").filter((file) => file.endsWith(".test.ts") && !file.startsWith(started));
    expect(tests.filter((file) => !run.has(file))).toEqual([]);
  });
});
