import { floorOf, type Goal, isMet } from "./goal.ts";
import type { Measured } from "./rounds.ts";
import { targetOf } from "./targets.ts";

/** The ratios as a table: a row per workload and contender, with what it is held to; columns that nobody fills are left out. */
export function ratioTable(measured: readonly Measured[]): string {
  const base = baseOf(measured);
  const rows = measured.flatMap((one) => {
    const { workload, baseline, ratios } = one;
    const [addon, floor] = [ratios["addon"]?.median, floorOf(one)];
    return Object.entries(ratios)
      .slice(1)
      .map(([contender, { median, low, high, least, processor }], index) => {
        const target = targetOf(workload, contender);
        const toAddon = addon === undefined || isYardstick(contender) ? undefined : median / addon;
        const above = floor === undefined || !contender.startsWith("public API") ? undefined : median - floor;
        return [
          index === 0 ? workload : "",
          index === 0 ? time(baseline) : "",
          contender,
          median.toFixed(3),
          `${low.toFixed(2)}–${high.toFixed(2)}`,
          least.toFixed(3),
          processor?.toFixed(3) ?? "",
          target ? verdict({ value: median, limit: target.base }) : "",
          toAddon?.toFixed(3) ?? "",
          target?.addon === undefined || toAddon === undefined ? "" : verdict({ value: toAddon, limit: target.addon }),
          above === undefined ? "" : signed(above),
        ];
      });
  });
  const header = [
    "workload",
    base,
    "contender",
    `× ${base}`,
    "half of them",
    "the least",
    "processor time",
    "target",
    "× addon",
    "target",
    "above the floor",
  ];
  const filled = header.map((_, column) => rows.some((row) => row[column] !== ""));
  return table([header, ...rows].map((row) => row.filter((_, column) => filled[column])));
}

/** Whom the ratios are to: the first contender. */
function baseOf(measured: readonly Measured[]): string {
  return Object.keys(measured[0]?.ratios ?? {})[0] ?? "";
}

/** Whether a contender is there only for the others to be held against. */
function isYardstick(contender: string): boolean {
  return contender === "addon" || contender.endsWith(" again");
}

/** The ratios as a table, and the noise in them. */
export function ratioReport(measured: readonly Measured[]): string {
  return `${ratioTable(measured)}\n${noise(measured)}\n`;
}

/** How far the same code is from itself, in the worst workload: no difference below that means anything. */
export function noise(measured: readonly Measured[]): string {
  const base = baseOf(measured);
  const again = measured.flatMap(({ ratios }) => ratios[`${base} again`] ?? []);
  const off = (values: readonly number[]): string =>
    `${(Math.max(...values.map((value) => Math.abs(value - 1))) * 100).toFixed(1)} %`;
  const processor = again.flatMap((spread) => spread.processor ?? []);
  const beside = processor.length > 0 ? `, and by up to ${off(processor)} in processor time` : "";
  return `noise: ${base} against itself is off by up to ${off(again.map(({ median }) => median))} in these medians${beside}`;
}

export function verdict(goal: Pick<Goal, "value" | "limit">): string {
  return `≤ ${goal.limit} ${isMet(goal) ? "met" : "MISSED"}`;
}

/** All goals of a run: what was reached, and how far above the floor that is, where the run has measured one. */
export function summary(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => {
    const { what, value, limit, unit, floor } = goal;
    const above = floor === undefined ? [] : [floor.toFixed(3), signed(value - floor)];
    return [what, `${value.toFixed(3)} ${unit}`, `≤ ${limit}`, isMet(goal) ? "met" : "MISSED", ...above];
  });
  const met = goals.filter(isMet).length;
  const header = ["goal", "reached", "target", "", "floor", "above it"];
  return `${table([header, ...rows])}\n${met} of ${goals.length} goals met`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}

function time(microseconds: number): string {
  if (microseconds < 1) return `${(microseconds * 1000).toFixed(0)} ns`;
  return microseconds < 1000 ? `${microseconds.toPrecision(3)} µs` : `${(microseconds / 1000).toPrecision(3)} ms`;
}

/** Aligns columns; a row that is shorter than the header ends with empty cells. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
