import { wordLines } from "../credentials/index.ts";

/** Names and what belongs to them, in two columns for a terminal; long values go on below themselves. */
export function capabilityTable(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const indent = `\n${" ".repeat(width)}`;
  return rows
    .map(([name, value]) => name.padEnd(width) + wordLines(value || "nothing", 98 - width).join(indent))
    .join("\n");
}
