import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asExpected, type Consumer, type Tried, toolOf, type Way } from "../../scripts/consumers/consumer.ts";
import { consumers } from "../../scripts/consumers/consumers.ts";
import { page, sectionOf, withSection } from "../../scripts/consumers/page.ts";

const consumer: Consumer = {
  name: "pack",
  folder: "pack",
  title: "pack",
  ways: [],
  versions: { "pack-1": "1.2.3", "pack-2": "2.0.0" },
};
const tried = (way: Partial<Way>, worked = true, said = ""): Tried => ({
  consumer,
  way: { tool: "pack-1", way: "`pack`", run: [], ...way },
  worked,
  said,
});

describe("the table of a tool", () => {
  it("has a row for each way of use with the version, and one row for versions that do not differ", () => {
    const all = [
      tried({}),
      tried({ tool: "pack-2" }),
      tried({ way: "`pack --all`", fails: "no koffi", todo: "not that" }, false, "Error: no koffi here"),
    ];
    expect(sectionOf(all, "Tried today.")).toBe(`## pack

Tried today.

| tool | way | works | what you do |
|---|---|---|---|
| pack 1.2.3, 2.0.0 | \`pack\` | yes | |
| pack 1.2.3 | \`pack --all\` | no | not that |
`);
  });

  it.each([
    ["did not work", tried({}, false)],
    ["failed with another message", tried({ fails: "no koffi" }, false, "Segmentation fault")],
    ["worked although it is known to fail", tried({ fails: "no koffi" }, true, "no koffi")],
  ])("is not written where a way %s", (_, one) => {
    expect(asExpected(one)).toBe(false);
    expect(() => sectionOf([one], "Tried today.")).toThrow("came otherwise");
  });

  it("replaces the earlier table, and is appended where there is none", () => {
    const before = "# Tools\n\nProse.\n\n## a\n\nold\n\n## b\n\nb\n";
    expect(withSection(before, "## a\n\nnew\n")).toBe("# Tools\n\nProse.\n\n## a\n\nnew\n\n## b\n\nb\n");
    expect(withSection(before, "## b\n\nnew\n")).toBe("# Tools\n\nProse.\n\n## a\n\nold\n\n## b\n\nnew\n");
    expect(withSection(before, "## c\n\nc\n")).toBe(`${before}\n## c\n\nc\n`);
  });
});

describe("the page about tools", () => {
  it("has each way of each project in test/consumers, with the versions that are pinned there", async () => {
    const text = readFileSync(join(import.meta.dirname, "../..", page), "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    const all = await consumers();
    expect(all.length).toBeGreaterThan(5);
    const missing = all.flatMap((one) =>
      one.ways
        .map((way) => ({
          way,
          version: toolOf(one, way).split(" ")[1] as string,
          tool: toolOf(one, way).split(" ")[0],
        }))
        .filter(({ way, version, tool }) =>
          rows.every((row) => !row.startsWith(`| ${tool} `) || !row.includes(version) || !row.includes(` ${way.way} `)),
        )
        .map(({ way }) => `${way.tool}: ${way.way}`),
    );
    expect(missing).toEqual([]);
  });
});
