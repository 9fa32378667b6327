import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  judged,
  lineOf,
  type Mutated,
  percentOf,
  placeOf,
  scoreOf,
  secondOpinion,
  thresholds,
  together,
} from "../../scripts/mutation/score.ts";

const mutant = (status: string): Mutated => ({
  status,
  fileName: "src/status/check.ts",
  mutatorName: "EqualityOperator",
  location: { start: { line: 7, column: 3 }, end: { line: 9, column: 1 } },
  replacement: "a  <\n b",
});

/** A hundred mutants, of which so many are killed. */
const killing = (name: string, count: number) =>
  scoreOf(name, [
    ...Array<Mutated>(count).fill(mutant("Killed")),
    ...Array<Mutated>(100 - count).fill(mutant("Survived")),
  ]);

describe("a mutation score", () => {
  it("is the share of those killed or timed out among all that ran, or that no test reached", () => {
    const counts = fc.record({ Killed: fc.nat(9), Timeout: fc.nat(9), Survived: fc.nat(9), NoCoverage: fc.nat(9) });
    const others = fc.array(fc.constantFrom("CompileError", "RuntimeError", "Ignored", "Pending"), { maxLength: 5 });
    fc.assert(
      fc.property(counts, others, (count, rest) => {
        const statuses = Object.entries(count).flatMap(([status, times]) => Array<string>(times).fill(status));
        const score = scoreOf("status", [...statuses, ...rest].map(mutant));
        expect([score.mutants, score.survivors.length]).toEqual([statuses.length, count.Survived + count.NoCoverage]);
        const dead = count.Killed + count.Timeout;
        expect(percentOf(score)).toBeCloseTo(statuses.length === 0 ? 100 : (100 * dead) / statuses.length);
      }),
    );
  });

  it("of several folders counts each of their mutants once", () => {
    const [one, other] = [killing("status", 90), scoreOf("memory", [mutant("Killed")])];
    expect(together([one, other])).toMatchObject({ name: "all", mutants: 101, survivors: { length: 10 } });
  });

  it("is too low for a folder below its threshold, and for all below theirs", () => {
    const { all, each } = thresholds;
    expect(judged([killing("status", each)]).low).toEqual([]);
    expect(judged([killing("status", each - 1)]).low).toEqual(["status"]);
    expect(judged([killing("status", all), killing("memory", all)]).low).toEqual([]);
    expect(judged([killing("status", all), killing("memory", each)]).low).toEqual(["all"]);
  });

  it("tells how many mutants could not be tried", () => {
    const scores = [
      scoreOf("status", [mutant("Killed"), mutant("RuntimeError")]),
      scoreOf("memory", [mutant("Killed")]),
    ];
    expect(judged(scores).table).toEqual([
      expect.stringMatching(/^status .* of 1 mutants killed, .*; 1 could not be tried$/),
      expect.stringMatching(/^memory .* of 1 mutants killed, at least 88 % wanted$/),
      expect.stringMatching(/^all .* of 2 mutants killed, .*; 1 could not be tried$/),
    ]);
  });

  it("has a row for each folder, and one for all where there are several", () => {
    expect(judged([killing("status", 90)]).table).toEqual([
      "status        90.0 % of 100 mutants killed, at least 88 % wanted",
    ]);
    expect(judged([killing("status", 90), killing("memory", 95)]).table.at(-1)).toBe(
      "all           92.5 % of 200 mutants killed, at least 92 % wanted",
    );
  });

  it("is what all tests of the folder say of a survivor, and of no other mutant", () => {
    const [survivor, dead] = [mutant("Survived"), { ...mutant("Killed"), replacement: "true" }];
    const elsewhere = { ...mutant("NoCoverage"), fileName: "src/status/sspi-error.ts" };
    const second = [mutant("Killed"), { ...dead, status: "Survived" }, { ...mutant("Killed"), mutatorName: "Regex" }];
    expect(secondOpinion([survivor, dead, elsewhere], second)).toEqual([second[0], dead, elsewhere]);
    expect(placeOf({ ...survivor, fileName: "/home/me/src/status/check.ts" }, "/home/me")).toBe(
      "src/status/check.ts:7:2-9:0",
    );
  });

  it("lists a survivor by its place and what it is, in one line", () => {
    expect(lineOf(mutant("Survived"))).toBe("src/status/check.ts:7:3 EqualityOperator: a < b");
    expect(lineOf({ ...mutant("Survived"), replacement: "x".repeat(200) })).toHaveLength(
      "src/status/check.ts:7:3 EqualityOperator: ".length + 80,
    );
  });
});
