import { describe, expect, it } from "vitest";
import { freshTickets } from "../live/kerberos.ts";
import { winpr } from "../live/winpr-libraries.ts";
import type { Sequence } from "./any-order-child.ts";
import { fuzz } from "./fuzz-run.ts";
import { chosenSeeds } from "./seeds.ts";
import type { WorldName } from "./worlds.ts";

const script = new URL("any-order-child.ts", import.meta.url);
const winprs: readonly WorldName[] = [
  ...(winpr("libwinpr2.so.2") ? (["WinPR 2"] as const) : []),
  ...(winpr("libwinpr3.so.3") ? (["WinPR 3"] as const) : []),
];

/** Of the classes of credentials and contexts; which are called is found out by looking at their prototypes. */
const members = ["ClientContext.encryptBuffersInPlace", "ServerContext.export", "Credential.query", "importContext"];

const worlds: readonly (readonly [string, readonly WorldName[]])[] = [
  ["WinPR", winprs],
  ["GSSAPI", ["GSSAPI Kerberos", "GSSAPI Negotiate"]],
  ["packages in TypeScript", ["embedded", "hosted"]],
];

describe.each([
  ["in an order that nobody meant", false],
  ["with values that lie, change, throw, are detached or close what is called", true],
])("all public calls %s", (how, hostile) => {
  freshTickets();

  it.each(worlds)(
    "never end the process, throw errors of the library's only, and leave nothing alive: %s",
    { timeout: 300_000 },
    async (label, names) => {
      const seeds = chosenSeeds();
      console.log(`calls ${how}, ${label}: seeds ${seeds.join(" and ")}; SSPI_FUZZ_SEED=${seeds[1]} tries them again`);
      const { cases, fatal } = await fuzz<Sequence>(script, { names, seeds, rows: 20, calls: 60, hostile });
      expect(fatal).toEqual([]);
      const flawed = cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0);
      expect(flawed.map(({ world, seed, flaws, held }) => ({ world, seed, flaws, held })).slice(0, 5)).toEqual([]);
      expect(cases).toHaveLength(names.length * 2 * 20);
      if (names.length === 0) return;
      const called = new Set(cases.flatMap((one) => one.called));
      expect([...called]).toEqual(expect.arrayContaining(members));
      expect(called.size).toBeGreaterThan(70);
      expect(cases.reduce((sum, { completed }) => sum + completed, 0)).toBeGreaterThan(40);
    },
  );
});
