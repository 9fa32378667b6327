import type { Goal } from "../goal.ts";
import type { LiveRow, LoadRow, LoadTask } from "../load.ts";
import { measuring } from "../measuring.ts";
import { table, verdict } from "../report.ts";
import type { Found, Run } from "../run.ts";
import { liveTarget } from "../targets.ts";

/** What many handshakes at once do to the event loop, and what open contexts do to a handshake. */
export function load({ setting, size }: Run): Found {
  const task: LoadTask = { ...setting, ...size.load };
  const rows = measuring<LoadRow | LiveRow>(setting.native, "measure-load", task);
  const shaking = rows.filter((row) => "inFlight" in row);
  const live = rows.filter((row) => "live" in row);
  console.log(`${loadTable(shaking)}\n`);
  const goals = liveGoals(live);
  console.log(`${liveTable(live, goals)}\n`);
  return { goals, load: shaking };
}

function loadTable(rows: readonly LoadRow[]): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return table([
    ["handshakes at once", "threads", "legs", "event loop late, half", "99 %"],
    ...rows.map(({ inFlight, workers, legsPerSecond, delay }) => [
      String(inFlight),
      String(workers),
      `${legsPerSecond.toFixed(0)}/s`,
      ms(delay.p50),
      ms(delay.p99),
    ]),
  ]);
}

/** The first row has the fewest contexts, which the others are held against. */
function liveGoals(rows: readonly LiveRow[]): Goal[] {
  const [first] = rows;
  return rows.map(({ live, toC }) => ({
    what: `handshake beside ${live} open contexts`,
    value: toC / (first?.toC ?? Number.NaN),
    limit: liveTarget,
    unit: `× beside ${first?.live}`,
    floor: 1,
  }));
}

function liveTable(rows: readonly LiveRow[], goals: readonly Goal[]): string {
  return table([
    ["open contexts", "a handshake", "× C", "× the first", "target", "memory a context"],
    ...rows.map(({ live, handshake, toC, bytes }, index) => [
      String(live),
      `${handshake.toFixed(1)} µs`,
      toC.toFixed(3),
      goals[index]!.value.toFixed(3),
      verdict(goals[index]!),
      bytes === undefined ? "" : `${(bytes / 1024).toFixed(1)} KiB`,
    ]),
  ]);
}
