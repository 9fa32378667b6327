import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failuresOf, steps } from "../../scripts/macos-report/steps.ts";
import { type Outcome, type Report, reportText, runReport } from "../../scripts/windows-report/report.ts";

const script = join(import.meta.dirname, "../../scripts/macos-report/run-step.ts");

function reportOf(outcomes: Readonly<Record<string, Outcome>>): Report {
  return { system: "24.6.0", node: "v22", architecture: "arm64", outcomes };
}

describe("npm run macos-report", () => {
  it("runs each step in its own process and reports the step's result", async () => {
    const report = await runReport(["--import", "tsx", script], {
      library: steps["library"] as (typeof steps)[string],
    });
    expect(report.outcomes["library"]).toMatchObject({ flavour: expect.stringMatching(/mit|heimdal|apple/) });
    expect(reportText(report, steps)).toContain("does GSS.framework load");
    expect(failuresOf(report)).toEqual([]);
  });

  it("kills a step that exceeds its time, and reports the signal", async () => {
    const endless = ["--eval", "setInterval(() => {}, 1000)"];
    const report = await runReport(endless, { library: steps["library"] as (typeof steps)[string] }, 500);
    expect(failuresOf(report)).toEqual(["library: ended by SIGKILL"]);
  });

  it.each<readonly [string, Outcome, readonly string[]]>([
    ["headers", { code: 1, lines: ["a struct"] }, ["headers: the layouts are others"]],
    ["headers", { code: 0, lines: [] }, []],
    [
      "by default",
      { kerberos: "/System/Library/Frameworks/GSS.framework/GSS" },
      [expect.stringContaining("by default")],
    ],
    ["by default", { kerberos: "SSPI_LIBRARY_NOT_FOUND", negotiate: "libwinpr3.3.dylib" }, []],
    ["refusals", { server: "a credential" }, ["refusals: a server is a credential"]],
    ["refusals", { server: "SEC_E_UNSUPPORTED_FUNCTION", password: "SEC_E_UNSUPPORTED_FUNCTION" }, []],
    ["no tickets", { ended: "SIGSEGV" }, ["no tickets: ended by SIGSEGV"]],
    ["refusals", { error: "GSSAPI_NOT_FOUND" }, ["refusals: a error is GSSAPI_NOT_FOUND"]],
  ])("lists the failures of the step %s with the outcome %o", (name, outcome, failures) => {
    expect(failuresOf(reportOf({ [name]: outcome }))).toEqual(failures);
  });
});
