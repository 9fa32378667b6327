import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { experiments } from "../../scripts/windows-report/experiments/index.ts";
import { reportText, runReport } from "../../scripts/windows-report/report.ts";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { wineVersion } from "../windows/wine-version.ts";

/** What this version of Wine answers to the experiments with Schannel; the others depend on who is logged on. */
const known = join(import.meta.dirname, "windows-report", `wine-${Number.parseInt(wineVersion() ?? "", 10)}.json`);

it("windows-report: every experiment answers, and Wine's Schannel answers what was seen before", async () => {
  const report = await runReport(nodeArguments("scripts/windows-report/run-experiment.ts"));
  expect(Object.keys(report.outcomes)).toEqual(Object.keys(experiments));
  for (const [name, outcome] of Object.entries(report.outcomes)) {
    expect(Object.keys(outcome), name).not.toEqual([]);
    expect(outcome, name).not.toHaveProperty("ended");
    expect(outcome, name).not.toHaveProperty("error");
  }
  if (existsSync(known)) expect(report.outcomes).toMatchObject(JSON.parse(readFileSync(known, "utf8")) as object);
  const text = reportText(report);
  for (const { question } of Object.values(experiments)) expect(text).toContain(question);
}, 300_000);
