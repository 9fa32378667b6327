import { type Goal, ratioGoals } from "../goal.ts";
import { measureGssapi } from "../gssapi.ts";
import { ratioReport, table, verdict } from "../report.ts";
import type { Found, Run } from "../run.ts";
import { gssapiGrowthTarget } from "../targets.ts";

/** Kerberos of MIT's library beside C on the same library. */
export async function gssapi({ setting, size }: Run): Promise<Found> {
  const { ratios, growth } = await measureGssapi(setting.native, size.gssapi);
  console.log(ratioReport(ratios));
  const [c, api] = [growth.C / 2 ** 20, growth["public API"] / 2 ** 20];
  const what = `RSS growth, ${size.gssapi.handshakes} Kerberos handshakes`;
  const goal: Goal = { what, value: api - c, limit: gssapiGrowthTarget, unit: "MiB beyond C", floor: 0 };
  const rows = [
    [what, "", "beyond C", "target"],
    ["C", `${c.toFixed(2)} MiB`],
    ["public API", `${api.toFixed(2)} MiB`, `${goal.value.toFixed(2)} MiB`, verdict(goal)],
  ];
  console.log(`${table(rows)}\n`);
  return { goals: [...ratioGoals(ratios), goal], ratios };
}
