import { asExpected, type Tried, toolOf } from "./consumer.ts";

/** The page with the tables. */
export const page = "docs/guides/tools.md";

/** Returns a section with the results of one consumer. @throws Error for a result that differs from the declared one */
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

/** Merges the rows of tool versions that differ in nothing else. */
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

/** Returns the page with the section; it replaces the section of the same heading, or is added at the end. */
export function withSection(text: string, section: string): string {
  const [heading = ""] = section.split("\n", 1);
  const parts = text.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  if (at < 0) return `${text.trimEnd()}\n\n${section}`;
  parts[at] = at === parts.length - 1 ? section : `${section}\n`;
  return parts.join("");
}
