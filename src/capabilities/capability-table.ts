import { wordLines } from "../credentials/index.ts";

/**
 * Formats names and their values in two columns for a terminal; long values continue on the next line of their column.
 */
export function capabilityTable(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const indent = `\n${" ".repeat(width)}`;
  return rows
    .map(([name, value]) => name.padEnd(width) + wordLines(value || "nothing", 98 - width).join(indent))
    .join("\n");
}
