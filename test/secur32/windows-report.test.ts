import { expect, it } from "vitest";
import { experiments } from "../../scripts/windows-report/experiments/index.ts";
import { reportText, runReport } from "../../scripts/windows-report/report.ts";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { knownAnswers } from "./windows-report/known-answers.ts";

it("windows-report: every experiment has a result, and Wine's Schannel gives the recorded results", async () => {
  const report = await runReport(nodeArguments("scripts/windows-report/run-experiment.ts"));
  expect(Object.keys(report.outcomes)).toEqual(Object.keys(experiments));
  for (const [name, outcome] of Object.entries(report.outcomes)) {
    expect(Object.keys(outcome), name).not.toEqual([]);
    expect(outcome, name).not.toHaveProperty("ended");
    expect(outcome, name).not.toHaveProperty("error");
  }
  expect(report.outcomes).toMatchObject(knownAnswers(report));
  const text = reportText(report);
  for (const { question } of Object.values(experiments)) expect(text).toContain(question);
}, 300_000);

it("windows-report: an unrecorded version of Wine fails with its results and the file to write them to", () => {
  const outcomes = { "schannel-sizes": { stream: ["SEC_E_OK"] }, "expiry-ticks": { zone: 60 } };
  const look = (system: string) => () => knownAnswers({ system, node: "v22", architecture: "x64", outcomes });
  expect(look("Wine 7.2")).toThrow(
    /^nobody has looked at the answers of Wine 7\.2\..*wine-7\.json:\n\{\s+"schannel-sizes"/,
  );
  expect(look("Wine 7.2")).not.toThrow("expiry-ticks");
  expect(look("10.0.26100")).toThrow("10.0.26100 is no version of Wine");
  expect(look("Wine 8.0")).not.toThrow();
});
