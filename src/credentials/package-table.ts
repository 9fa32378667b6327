import { columnLines } from "../values/index.ts";
import type { SecurityPackage } from "./security-package.ts";
import { wordLines } from "./word-lines.ts";

const maxToken = "max token";

/** Formats packages as a table for a terminal. */
export function packageTable(list: readonly SecurityPackage[]): string {
  const [head, ...rows] = columnLines([
    ["package", maxToken, "library", "comment"],
    ...list.map((entry) => [
      entry.name,
      String(entry.maxToken).padStart(maxToken.length),
      entry.library,
      entry.comment,
    ]),
  ]);
  const all = list.flatMap(({ capabilities }, index) => [
    rows[index],
    ...wordLines(capabilities.join(" "), 100).map((line) => `    ${line}`),
  ]);
  return [head, ...all].join("\n");
}
