import type { Goal } from "../goal.ts";
import type { GrowthTask } from "../measure-growth.ts";
import { measuring } from "../measuring.ts";
import { table, verdict } from "../report.ts";
import type { Found, Run } from "../run.ts";
import { growthTarget } from "../targets.ts";

/** One size of V8's young generation from the start: its steps of some MiB at any time would be taken for growth. */
const steadyHeap = ["--min-semi-space-size=8", "--max-semi-space-size=8"];

/** WinPR keeps some bytes of every handshake with a SAM file, whoever makes it: what counts is the growth beyond C's. */
export function growth({ setting, size: { handshakes, settling } }: Run): Found {
  const goals: Goal[] = [];
  const rows = [false, true].flatMap((turns) => {
    const measured = ["C", "addon", "public API"].map((contender) => {
      const task: GrowthTask = { setting, contender, settling, handshakes, turns };
      const [{ bytes }] = measuring(setting.native, "measure-growth", task, { flags: steadyHeap }) as [
        { readonly bytes: number },
      ];
      return { contender, mebibytes: bytes / 2 ** 20 };
    });
    const [{ mebibytes: baseline } = { mebibytes: Number.NaN }] = measured;
    const loop = turns ? "with turns" : "without turns";
    return measured.map(({ contender, mebibytes }) => {
      const value = mebibytes - baseline;
      const what = `RSS growth, ${handshakes} handshakes ${loop} of the event loop`;
      const goal: readonly Goal[] =
        contender === "public API" ? [{ what, value, limit: growthTarget, unit: "MiB beyond C", floor: 0 }] : [];
      goals.push(...goal);
      return [contender, loop, `${mebibytes.toFixed(2)} MiB`, `${value.toFixed(2)} MiB`, ...goal.map(verdict)];
    });
  });
  console.log(
    `${table([[`RSS growth, ${handshakes} handshakes`, "event loop", "", "beyond C", "target"], ...rows])}\n`,
  );
  return { goals };
}
