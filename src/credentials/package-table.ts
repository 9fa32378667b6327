import type { SecurityPackage } from "./security-packages.ts";
import { wordLines } from "./word-lines.ts";

/** Packages as a table for a terminal. */
export function packageTable(list: readonly SecurityPackage[]): string {
  const rows = [
    ["package", "max token", "capabilities", "comment"],
    ...list.map((entry) => [entry.name, String(entry.maxToken), entry.capabilities.join(" "), entry.comment]),
  ];
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1)];
  const lines = rows.map(([name = "", maxToken = "", capabilities = "", comment = ""], index) => {
    const head = `${name.padEnd(widths[0] ?? 0)}  ${maxToken.padStart(widths[1] ?? 0)}`;
    if (index === 0) return `${head}  ${comment}`;
    const indent = " ".repeat(4);
    return `${head}  ${comment}\n${indent}${wordLines(capabilities, 100).join(`\n${indent}`)}`;
  });
  return lines.join("\n");
}
