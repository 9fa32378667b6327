import { measuring } from "../measuring.ts";
import { ratioReport } from "../report.ts";
import type { Measured } from "../rounds.ts";
import type { Found, Run } from "../run.ts";

/** A package in TypeScript that is hosted as one in C would be, beside its own functions. */
export function hosted({ setting: { native }, size: { hosted } }: Run): Found {
  const measured = measuring<Measured>(native, "measure-hosted", hosted);
  console.log(ratioReport(measured));
  return { goals: [] };
}
