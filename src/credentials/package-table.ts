import type { SecurityPackage } from "./security-package.ts";
import { wordLines } from "./word-lines.ts";

/** Packages as a table for a terminal. */
export function packageTable(list: readonly SecurityPackage[]): string {
  const rows = [
    ["package", "max token", "capabilities", "library", "comment"],
    ...list.map((entry) => [
      entry.name,
      String(entry.maxToken),
      entry.capabilities.join(" "),
      entry.library,
      entry.comment,
    ]),
  ];
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1), width(3)];
  const lines = rows.map(([name = "", maxToken = "", capabilities = "", library = "", comment = ""], index) => {
    const [nameWidth = 0, tokenWidth = 0, libraryWidth = 0] = widths;
    const head = `${name.padEnd(nameWidth)}  ${maxToken.padStart(tokenWidth)}  ${library.padEnd(libraryWidth)}`;
    if (index === 0) return `${head}  ${comment}`;
    const indent = " ".repeat(4);
    return `${head}  ${comment}\n${indent}${wordLines(capabilities, 100).join(`\n${indent}`)}`;
  });
  return lines.join("\n");
}
