import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contractRows, contractTable, type Outcome, rowsOf } from "./contract-rows.ts";
import { promises } from "./promises.ts";

function outcome(title: string, state: Outcome["state"] = "passed", ...providers: string[]): Outcome {
  return { title, state, providers, peers: ["xfreerdp 3.10"] };
}

describe("the contract's table", () => {
  it("takes rows from the beginning of a title, one or several", () => {
    expect(rowsOf("EXP-06: the buffer is freed once")).toEqual(["EXP-06"]);
    expect(rowsOf("ISC-03 ISC-21 the token, byte for byte")).toEqual(["ISC-03", "ISC-21"]);
    expect(rowsOf("EXP-07, SPX-04: a token")).toEqual(["EXP-07", "SPX-04"]);
    expect(rowsOf("is like EXP-06, but is not a test of it")).toEqual([]);
  });

  it("refuses a row that the contract does not have", () => {
    expect(() => rowsOf("ISC-99 something")).toThrow("ISC-99: the contract has no such row");
  });

  it("counts a row without tests as missing, and one that failed or was left out as failed", () => {
    const rows = contractRows([
      outcome("ISC-01 here", "passed", "scripted"),
      outcome("ISC-01 ASC-02 there", "passed", "libwinpr2.so.2"),
      outcome("ISC-02 here"),
      outcome("ISC-02 there", "failed"),
      outcome("ISC-03 here", "skipped"),
    ]);
    const found = (id: string) => rows.find((row) => row.id === id);
    expect(rows.map(({ id }) => id)).toEqual(Object.keys(promises));
    expect(found("ISC-01")).toMatchObject({
      state: "pass",
      tests: 2,
      providers: ["libwinpr2.so.2", "scripted"],
      peers: ["xfreerdp 3.10"],
    });
    expect([found("ASC-02"), found("ISC-02"), found("ISC-03"), found("ISC-04")].map((row) => row?.state)).toEqual([
      "pass",
      "fail",
      "fail",
      "missing",
    ]);
    expect(contractTable(rows)).toMatch(
      /^ISC-01 {2}NULL, then the handle .* pass +2 +libwinpr2.so.2, scripted +xfreerdp 3.10$/m,
    );
  });

  it("has a test for every row, judged by the titles that are written out", () => {
    const folder = new URL("../", import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => readFileSync(new URL(file.replaceAll("\\", "/"), folder), "utf8"))
      .join("\n");
    const titles = new Set(sources.match(/(?<=["`][^"`\n]{0,40})\b(?:EXP|ISC|ASC|SPX|SPT)-\d\d/g));
    expect(Object.keys(promises).filter((id) => !titles.has(id))).toEqual([]);
  });
});
