import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endOfRange } from "../../scripts/release/koffi-range.ts";
import { root } from "../architecture/source-files.ts";

describe("the range of koffi's versions", () => {
  it("has a lowest version, and is itself what npm takes the newest of", () => {
    expect(endOfRange("~3.3.4", "lowest")).toBe("3.3.4");
    expect(endOfRange("~3.3.4", "newest")).toBe("~3.3.4");
  });

  it.each(["3.3.4", "^3.3.4", "~3.3", "*", ">=3.3.4"])(
    "is refused where it is %s: only patches are let in unseen",
    (range) => {
      expect(() => endOfRange(range, "lowest")).toThrow(`koffi: expected a range such as ~3.3.4, got ${range}`);
    },
  );

  it("is refused at an end that it does not have", () => {
    expect(() => endOfRange("~3.3.4", "middle")).toThrow("expected lowest or newest, got middle");
  });

  it("is package.json's, and package-lock.json pins a version in it", () => {
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const [major, minor, patch] = endOfRange(packages[""].dependencies.koffi, "lowest").split(".").map(Number);
    const locked = packages["node_modules/koffi"].version.split(".").map(Number);
    expect(locked.slice(0, 2)).toEqual([major, minor]);
    expect(locked[2]).toBeGreaterThanOrEqual(patch ?? Number.NaN);
  });
});
