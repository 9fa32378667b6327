import { ratioGoals } from "../goal.ts";
import { measuring } from "../measuring.ts";
import { ratioReport } from "../report.ts";
import type { Measured } from "../rounds.ts";
import type { Found, Run } from "../run.ts";

/** NTLM on WinPR beside C, an addon, koffi's floor and the layer below the API. */
export function ratios({ setting, size: { rounds, warmUp } }: Run): Found {
  const measured = measuring<Measured>(setting.native, "measure-ratios", { setting, rounds, warmUp });
  console.log(ratioReport(measured));
  return { goals: ratioGoals(measured), ratios: measured };
}
