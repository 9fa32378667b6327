import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findingLines, note, ok, problem } from "../../src/command/doctor/finding.ts";
import { makeChecks, runChecks } from "../../src/command/doctor/run-checks.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that makes checks, in plain JavaScript: `fine` is found, `dies` ends it, `waits` never returns. */
const looking = join(folder, "looking.mjs");
writeFileSync(
  looking,
  `import { appendFileSync } from "node:fs";
  const [file, ...names] = process.argv.slice(2);
  for (const check of names) {
    if (check === "dies") process.exit(7);
    if (check === "waits") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    appendFileSync(file, JSON.stringify({ check, state: "ok", found: ["well"] }) + "\\n");
  }`,
);

describe("the checks of doctor", () => {
  it("continue after a check that ends its process, which is reported as a finding", async () => {
    const findings = await runChecks(["fine", "dies", "also fine"], [looking]);
    expect(findings.map(({ check, state, found }) => [check, state, ...found])).toEqual([
      ["fine", "ok", "well"],
      ["dies", "problem", "the process that looked ended with exit code 7"],
      ["also fine", "ok", "well"],
    ]);
  });

  it("end a check that does not return, which is reported as a finding", async () => {
    const findings = await runChecks(["waits"], [looking], 500);
    expect(findings).toMatchObject([
      { check: "waits", state: "problem", found: ["the process that looked did not come back within 0.5 s"] },
    ]);
  });

  it("are reported one by one; an error that a check throws is a problem, its later lines the advice", async () => {
    const file = join(folder, "findings");
    const all = {
      good: () => ok("a", "b"),
      bad: () => {
        throw new Error("koffi cannot be loaded\nRun npm ci");
      },
    };
    await makeChecks(["good", "bad"], file, all);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { check: "good", state: "ok", found: ["a", "b"] },
      { check: "bad", state: "problem", found: ["koffi cannot be loaded"], advice: "Run npm ci" },
    ]);
  });

  it("print as a table with the advice below", () => {
    const lines = findingLines([
      { check: "node", ...ok("v24") },
      { check: "libraries", ...problem(["a.so: missing", "b.so: missing"], "Install one\nor name one") },
      { check: "tickets", ...note(["none"]) },
    ]);
    expect(lines).toEqual([
      "ok       node       v24",
      "problem  libraries  a.so: missing",
      "                    b.so: missing",
      "                    -> Install one",
      "                       or name one",
      "note     tickets    none",
    ]);
  });
});
