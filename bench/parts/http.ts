import type { Goal } from "../goal.ts";
import { measureHttp } from "../http.ts";
import { median, table, verdict } from "../report.ts";
import type { Found, Run } from "../run.ts";
import { httpTargets } from "../targets.ts";

/** What a request costs where its user is known, and how many can log on. */
export async function http({ setting, size }: Run): Promise<Found> {
  const { requests, logons } = await measureHttp(setting.native, size.http);
  const timesOf = (name: string): readonly number[] => requests[name] ?? [];
  const ratio = (name: string, base: string): number =>
    median(timesOf(name).map((time, round) => time / (timesOf(base)[round] ?? Number.NaN)));
  const [bare, again, server, client] = [
    "bare server",
    "bare server again",
    "HttpAuthenticator",
    "HttpAuthenticator, NegotiateDispatcher",
  ] as const;
  const goals: readonly Goal[] = [
    {
      what: `request, ${server}`,
      value: ratio(server, bare),
      limit: httpTargets.server,
      unit: `× ${bare}`,
      floor: ratio(again, bare),
    },
    {
      what: "request, NegotiateDispatcher",
      value: ratio(client, server),
      limit: httpTargets.client,
      unit: "× undici's Client",
      floor: 1,
    },
  ];
  const row = (name: string, value: number, goal?: Goal): readonly string[] => [
    name,
    `${median(timesOf(name)).toFixed(1)} µs`,
    value.toFixed(3),
    goal ? verdict(goal) : "",
  ];
  const rows = [
    row(bare, 1),
    row(again, ratio(again, bare)),
    ...[server, client].map((name, index) => row(name, goals[index]!.value, goals[index])),
  ];
  console.log(`${table([["request on a known connection", "", "×", "target"], ...rows])}\n`);
  const rates = Object.entries(logons).map(([name, perSecond]) => [name, `${median(perSecond).toFixed(0)}/s`]);
  console.log(`${table([["logons, each on a connection of its own, 8 at once", ""], ...rates])}\n`);
  return { goals };
}
