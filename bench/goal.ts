import type { Measured } from "./rounds.ts";
import { targetOf } from "./targets.ts";

/** A value that a run has measured, and the most that it may be. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  /** What the value counts, or what it is a multiple of: `ms`, `× C`. */
  readonly unit: string;
  /** The least that anybody could have reached in this run, in the same unit. */
  readonly floor?: number;
}

export function isMet({ value, limit }: Pick<Goal, "value" | "limit">): boolean {
  return value <= limit;
}

/** The contenders that make the native calls and nothing else: who calls through koffi cannot be faster than the first. */
const floors = ["koffi alone", "C"];

/** What the floor of a workload is, in multiples of its first contender; undefined where none took part. */
export function floorOf({ ratios }: Measured): number | undefined {
  const name = floors.find((floor) => ratios[floor] !== undefined);
  return name === undefined ? undefined : ratios[name]?.median;
}

/** The goals among the ratios of some workloads; one that is beside the addon has no floor. */
export function ratioGoals(measured: readonly Measured[]): Goal[] {
  return measured.flatMap((one) => {
    const [base = ""] = Object.keys(one.ratios);
    const floor = floorOf(one);
    const addon = one.ratios["addon"]?.median;
    return Object.entries(one.ratios).flatMap(([contender, { median }]): Goal[] => {
      const target = targetOf(one.workload, contender);
      if (!target) return [];
      const what = `${one.workload}: ${contender}`;
      const goal = {
        what,
        value: median,
        limit: target.base,
        unit: `× ${base}`,
        ...(floor !== undefined && { floor }),
      };
      if (target.addon === undefined || addon === undefined) return [goal];
      const besideAddon = { what, value: median / addon, limit: target.addon, unit: "× addon" };
      return [goal, floor === undefined ? besideAddon : { ...besideAddon, floor: floor / addon }];
    });
  });
}
