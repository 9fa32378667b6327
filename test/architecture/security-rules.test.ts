import { describe, expect, it } from "vitest";
import { allRuleTitles, rulesOf, ruleTitles, securityRules } from "./security-rules.ts";

const rules = securityRules();
const titles = allRuleTitles();

describe("docs/security/rules.md and the titles of tests", () => {
  it("have the same ids: each rule has a test, and each id in a title is a rule", () => {
    const tested = new Set(titles.flatMap(({ ids }) => ids));
    expect(rules.length).toBeGreaterThan(0);
    expect([...tested].sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  it("say subject, condition and outcome after the id: four words or more", () => {
    const short = titles.filter(({ text }) => text.split(" ").length < 4);
    expect(short.map(({ ids, text, file }) => `${file}: ${ids.join(" ")} ${text}`)).toEqual([]);
  });
});

describe("the page of rules", () => {
  it("has each id once, with a threat and a rule", () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(rules.filter(({ threat, rule }) => threat === "" || rule === "")).toEqual([]);
  });

  it("is read row by row, without headings and other tables", () => {
    const page =
      "| id | threat | rule |\n|---|---|---|\n| A1 | bytes | refused |\n\n| A2 is no row |\n| B10 | a | b |\n";
    expect(rulesOf(page)).toEqual([
      { id: "A1", threat: "bytes", rule: "refused" },
      { id: "B10", threat: "a", rule: "b" },
    ]);
  });
});

describe("a title", () => {
  it.each([
    ['it("A1 a token is refused"', ["A1"], "a token is refused"],
    ["it.each(x)(\n  `A1, B10: a token of $x is refused`", ["A1", "B10"], "a token of $x is refused"],
    ['it("ISC-17 B14 a flag is refused"', ["B14"], "a flag is refused"],
  ])("names the rules that it begins with: %s", (source, ids, text) => {
    expect(ruleTitles(source, "a.test.ts")).toEqual([{ ids, text, file: "a.test.ts" }]);
  });

  it.each([
    'it("a token as in A1 is refused"',
    'it("ISC-17 is refused"',
    'it("A1"',
    '["A1 is data"]',
    'it("UTF16 text is read"',
  ])("names no rule elsewhere: %s", (source) => {
    expect(ruleTitles(source, "a.test.ts")).toEqual([]);
  });
});
