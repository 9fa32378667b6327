import { asExpected, type Tried, toolOf } from "./consumer.ts";

/** The page that has the tables. */
export const page = "docs/guides/tools.md";

/** What the ways of one consumer came to, below a heading of its own. @throws Error for what came otherwise */
export function sectionOf(tried: readonly Tried[], surroundings: string): string {
  const wrong = tried.find((one) => !asExpected(one));
  if (wrong) throw new Error(`${wrong.way.way}: came otherwise than the table would say`);
  const rows = tried.map(({ consumer, way, worked }) => [
    toolOf(consumer, way),
    way.way,
    worked ? "yes" : "no",
    way.todo ?? "",
  ]);
  const lines = merged(rows).map((cells) => `| ${cells.join(" | ")} |`.replaceAll("  ", " "));
  const [{ consumer }] = tried as readonly [Tried];
  const head = ["| tool | way | works | what you do |", "|---|---|---|---|"];
  return [`## ${consumer.title}`, "", surroundings, "", ...head, ...lines, ""].join("\n");
}

/** Versions of a tool that differ in nothing else share a row. */
function merged(rows: readonly string[][]): readonly string[][] {
  const byRest = new Map<string, string[]>();
  for (const [tool = "", ...rest] of rows) {
    const [name, version] = tool.split(" ") as [string, string];
    const key = JSON.stringify([name, ...rest]);
    const known = byRest.get(key);
    if (known) known.push(version);
    else byRest.set(key, [version]);
  }
  return [...byRest].map(([key, versions]) => {
    const [name, ...rest] = JSON.parse(key) as string[];
    return [`${name} ${versions.join(", ")}`, ...rest];
  });
}

/** A page with a section in the place of the one of that heading, or at its end. */
export function withSection(text: string, section: string): string {
  const [heading = ""] = section.split("\n", 1);
  const parts = text.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  if (at < 0) return `${text.trimEnd()}\n\n${section}`;
  parts[at] = at === parts.length - 1 ? section : `${section}\n`;
  return parts.join("");
}
