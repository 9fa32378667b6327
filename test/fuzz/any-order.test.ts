import { describe, expect, it } from "vitest";
import { freshTickets } from "../live/kerberos.ts";
import { winpr } from "../live/winpr-libraries.ts";
import type { Sequence } from "./any-order-child.ts";
import { fuzz } from "./fuzz-run.ts";
import { chosenSeeds } from "./seeds.ts";
import type { WorldName } from "./worlds.ts";

const script = new URL("any-order-child.ts", import.meta.url);

/** In one process all functions of `sspi-ffi/raw` belong to one library, so each WinPR has a process of its own. */
function winprWorld(name: "WinPR 2" | "WinPR 3", library: Parameters<typeof winpr>[0]): readonly World[] {
  return winpr(library) ? [{ label: name, names: [name], library }] : [];
}

interface World {
  readonly label: string;
  readonly names: readonly WorldName[];
  /** The library whose raw functions are called too. */
  readonly library?: string;
}

/** Methods of the classes of credentials and contexts; the test finds them by their prototypes. */
const members = ["ClientContext.encryptBuffersInPlace", "ServerContext.export", "Credential.query", "importContext"];
const rawMembers = ["raw.DeleteSecurityContext", "raw.FreeCredentialsHandle", "raw.QueryContextAttributesW"];

const worlds: readonly World[] = [
  ...winprWorld("WinPR 2", "libwinpr2.so.2"),
  ...winprWorld("WinPR 3", "libwinpr3.so.3"),
  { label: "GSSAPI", names: ["GSSAPI Kerberos", "GSSAPI Negotiate"] },
  { label: "packages in TypeScript", names: ["embedded", "hosted"] },
];

describe.each([
  ["in an order that nobody meant", false],
  ["with values that lie, change, throw, are detached or close what is called", true],
])("all public calls %s", (how, hostile) => {
  freshTickets();

  it.each(worlds)(
    "never end the process, throw errors of the library's only, and leave nothing alive: $label",
    { timeout: 300_000 },
    async ({ label, names, library }) => {
      const seeds = chosenSeeds();
      console.log(`calls ${how}, ${label}: seeds ${seeds.join(" and ")}; SSPI_FUZZ_SEED=${seeds[1]} tries them again`);
      // As many that exchanges are completed in each world.
      const rows = names.length === 1 ? 30 : 20;
      const task = { names, seeds, rows, calls: 60, hostile, raw: library !== undefined };
      const { cases, fatal } = await fuzz<Sequence>(script, task, library ? { env: { SSPI_LIBRARY: library } } : {});
      expect(fatal).toEqual([]);
      const flawed = cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0);
      expect(flawed.map(({ world, seed, flaws, held }) => ({ world, seed, flaws, held })).slice(0, 5)).toEqual([]);
      expect(cases).toHaveLength(names.length * 2 * rows);
      const called = new Set(cases.flatMap((one) => one.called));
      expect([...called]).toEqual(expect.arrayContaining([...members, ...(library ? rawMembers : [])]));
      expect(called.size).toBeGreaterThan(70);
      expect(cases.reduce((sum, { completed }) => sum + completed, 0)).toBeGreaterThan(40);
    },
  );
});
