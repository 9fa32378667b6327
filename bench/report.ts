import type { Measured } from "./rounds.ts";
import { targetOf } from "./targets.ts";

/** The contender that makes the native calls and nothing else: who calls through koffi cannot be faster. */
const floorOf = "koffi alone";

/** The ratios as a table: a row per workload and contender, with what it is held to; `base` is the first contender. */
export function ratioTable(measured: readonly Measured[], base = "C"): string {
  const rows = measured.flatMap(({ workload, baseline, ratios }) => {
    const addon = ratios["addon"]?.median ?? Number.NaN;
    const floor = ratios[floorOf]?.median ?? Number.NaN;
    return Object.entries(ratios)
      .slice(1)
      .map(([contender, { median, low, high }], index) => {
        const target = targetOf(workload, contender);
        const toAddon = median / addon;
        return [
          index === 0 ? workload : "",
          index === 0 ? time(baseline) : "",
          contender,
          median.toFixed(3),
          `${low.toFixed(2)}–${high.toFixed(2)}`,
          target ? verdict(median, target.c) : "",
          Number.isNaN(toAddon) || contender === "addon" || contender === "C again" ? "" : toAddon.toFixed(3),
          target?.addon === undefined ? "" : verdict(toAddon, target.addon),
          Number.isNaN(floor) || contender !== "public API"
            ? ""
            : `${median < floor ? "" : "+"}${(median - floor).toFixed(3)}`,
        ];
      });
  });
  const header = [
    "workload",
    base,
    "contender",
    `× ${base}`,
    "half of them",
    "target",
    "× addon",
    "target",
    "to koffi's",
  ];
  const width = rows.some((row) => row[6] !== "") ? header.length : 6;
  return table([header, ...rows].map((row) => row.slice(0, width)));
}

/** How far the same code is from itself, in the worst workload: no difference below that means anything. */
export function noise(measured: readonly Measured[], base = "C"): string {
  const offs = measured.map(({ ratios }) => Math.abs((ratios[`${base} again`]?.median ?? 1) - 1));
  return `noise: ${base} against itself is off by up to ${(Math.max(...offs) * 100).toFixed(1)} % in these medians`;
}

export function verdict(value: number, limit: number, unit = ""): string {
  return `≤ ${limit}${unit} ${value <= limit ? "met" : "MISSED"}`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function time(microseconds: number): string {
  if (microseconds < 1) return `${(microseconds * 1000).toFixed(0)} ns`;
  return microseconds < 1000 ? `${microseconds.toPrecision(3)} µs` : `${(microseconds / 1000).toPrecision(3)} ms`;
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
