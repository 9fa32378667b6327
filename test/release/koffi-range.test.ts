import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endOfRange } from "../../scripts/release/koffi-range.ts";
import { root } from "../architecture/source-files.ts";

describe("the version range of koffi", () => {
  it("has a lowest version, and its newest version is the range itself, which npm resolves", () => {
    expect(endOfRange("~3.3.4", "lowest")).toBe("3.3.4");
    expect(endOfRange("~3.3.4", "newest")).toBe("~3.3.4");
  });

  it.each(["3.3.4", "^3.3.4", "~3.3", "*", ">=3.3.4"])(
    "is refused if it is %s: it may allow only patch releases",
    (range) => {
      expect(() => endOfRange(range, "lowest")).toThrow(`koffi: expected a range such as ~3.3.4, got ${range}`);
    },
  );

  it("is refused for an end other than lowest or newest", () => {
    expect(() => endOfRange("~3.3.4", "middle")).toThrow("expected lowest or newest, got middle");
  });

  it("in package.json contains the version that package-lock.json pins", () => {
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const [major, minor, patch] = endOfRange(packages[""].dependencies.koffi, "lowest").split(".").map(Number);
    const locked = packages["node_modules/koffi"].version.split(".").map(Number);
    expect(locked.slice(0, 2)).toEqual([major, minor]);
    expect(locked[2]).toBeGreaterThanOrEqual(patch ?? Number.NaN);
  });
});
