import { describe, expect, it } from "vitest";
import { type Goal, ratioGoals } from "../../bench/goal.ts";
import { noise, ratioTable, summary, table, verdict } from "../../bench/report.ts";
import type { Measured } from "../../bench/rounds.ts";

const at = (median: number) => ({ median, low: median - 0.01, high: median + 0.01, least: median - 0.02 });
const handshake: Measured = {
  workload: "handshake, client credential reused",
  baseline: 35,
  ratios: {
    C: at(1),
    "C again": at(0.99),
    addon: at(1.15),
    layer: { ...at(1.07), processor: 1.09 },
    "public API": at(1.08),
  },
};
const message: Measured = {
  workload: "encrypt + decrypt 16 B",
  baseline: 0.5,
  ratios: {
    C: at(1),
    "C again": { ...at(1.02), processor: 0.993 },
    addon: at(1.13),
    "koffi alone": at(1.17),
    "public API": at(1.25),
  },
};
const peer: Measured = {
  workload: "secur32: list of packages",
  baseline: 2500,
  ratios: { theirs: at(1), "theirs again": at(1.03), "koffi alone": at(0.5), "public API": at(0.93) },
};

const cells = (text: string): string[][] => text.split("\n").map((line) => line.trim().split(/ {2,}/));

describe("the table of ratios", () => {
  it("has targets beside C and the addon, and how far the API is above the floor", () => {
    const rows = cells(ratioTable([handshake, message]));
    expect(rows[0]).toContain("above the floor");
    expect(rows).toContainEqual([
      "layer",
      "1.070",
      "1.06–1.08",
      "1.050",
      "1.090",
      "≤ 1.06 MISSED",
      "0.930",
      "≤ 0.92 MISSED",
    ]);
    expect(rows).toContainEqual([
      "public API",
      "1.080",
      "1.07–1.09",
      "1.060",
      "≤ 1.1 met",
      "0.939",
      "≤ 0.96 met",
      "+0.080",
    ]);
    expect(rows).toContainEqual([
      "public API",
      "1.250",
      "1.24–1.26",
      "1.230",
      "≤ 1.2 MISSED",
      "1.106",
      "≤ 1.06 MISSED",
      "+0.080",
    ]);
  });

  it("holds the addon and the second C against nothing", () => {
    const rows = cells(ratioTable([handshake]));
    expect(rows).toContainEqual(["addon", "1.150", "1.14–1.16", "1.130"]);
    expect(rows[1]).toEqual([handshake.workload, "35.0 µs", "C again", "0.990", "0.98–1.00", "0.970"]);
  });

  it("names another first contender, and leaves out the columns of an addon that did not take part", () => {
    const rows = cells(ratioTable([peer]));
    expect(rows[0]).toEqual([
      "workload",
      "theirs",
      "contender",
      "× theirs",
      "half of them",
      "the least",
      "target",
      "above the floor",
    ]);
    expect(rows[1]?.slice(0, 3)).toEqual([peer.workload, "2.50 ms", "theirs again"]);
    expect(rows).toContainEqual(["public API", "0.930", "0.92–0.94", "0.910", "≤ 1 met", "+0.430"]);
  });

  it("says how far the first contender is from itself at worst", () => {
    const medians = "against itself is off by up to";
    expect(noise([peer])).toBe(`noise: theirs ${medians} 3.0 % in these medians`);
    expect(noise([handshake, message])).toBe(
      `noise: C ${medians} 2.0 % in these medians, and by up to 0.7 % in processor time`,
    );
  });
});

describe("the goals of a run", () => {
  it("are those of the contenders with a target, beside the first contender and beside the addon", () => {
    const found = ratioGoals([handshake]).map(({ what, unit, limit }) => [what, unit, limit]);
    expect(found).toEqual([
      ["handshake, client credential reused: layer", "× C", 1.06],
      ["handshake, client credential reused: layer", "× addon", 0.92],
      ["handshake, client credential reused: public API", "× C", 1.1],
      ["handshake, client credential reused: public API", "× addon", 0.96],
    ]);
  });

  it("have koffi's calls as the floor, or C where koffi alone did not take part", () => {
    expect(ratioGoals([message])[0]).toMatchObject({ value: 1.25, floor: 1.17, unit: "× C" });
    expect(ratioGoals([message])[1]?.floor).toBeCloseTo(1.17 / 1.13);
    expect(ratioGoals([handshake])[0]).toMatchObject({ value: 1.07, floor: 1 });
    expect(ratioGoals([peer])).toEqual([
      { what: "secur32: list of packages: public API", value: 0.93, limit: 1, unit: "× theirs", floor: 0.5 },
    ]);
  });

  it("are met by the target itself, and missed by more and by what is no number", () => {
    expect(verdict({ value: 1.05, limit: 1.05 })).toBe("≤ 1.05 met");
    expect(verdict({ value: 1.051, limit: 1.05 })).toBe("≤ 1.05 MISSED");
    expect(verdict({ value: Number.NaN, limit: 1.05 })).toBe("≤ 1.05 MISSED");
  });

  it("end in a table with what was reached, the verdict and the distance to the floor", () => {
    const goals: readonly Goal[] = [
      { what: "a", value: 1.5, limit: 1.2, unit: "× C", floor: 1.1 },
      { what: "b", value: 3, limit: 6, unit: "ms" },
    ];
    expect(cells(summary(goals))).toEqual([
      ["goal", "reached", "target", "floor", "above it"],
      ["a", "1.500 × C", "≤ 1.2", "MISSED", "1.100", "+0.400"],
      ["b", "3.000 ms", "≤ 6", "met"],
      ["1 of 2 goals met"],
    ]);
  });
});

describe("a table of the benchmark", () => {
  it("aligns its columns, and takes rows that are shorter than the header", () => {
    expect(table([["one", "two"], ["a"], ["longer", "b"]])).toBe("one     two\na\nlonger  b");
  });
});
