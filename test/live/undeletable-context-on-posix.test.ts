import { describe, expect, it } from "vitest";
import { memoryFaults } from "../memory-faults.ts";
import { runScript } from "../run-script.ts";
import { freshTickets } from "./kerberos.ts";
import { providers } from "./providers.ts";

const script = new URL("undeletable-context.ts", import.meta.url);
const dying = providers.filter(({ kind, version }) => kind === "winpr" && version?.startsWith("3.10."));

describe.each(dying.map(({ label }) => [label] as const))(
  "a server's answer that asks a Negotiate client for a ticket that nobody has, on %s",
  (label) => {
    freshTickets();

    it("A12 is a failed leg of the guarded client, whose process goes on", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, "guarded"]);
      expect([child.signal, child.stdout]).toEqual([null, "SEC_E_NO_CREDENTIALS\nalive\n"]);
    });

    it("A12 ends the process of an unguarded client, so the guard is still needed", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, "unguarded"]);
      expect(child.signal).toMatch(memoryFaults);
      expect(child.stdout).not.toContain("alive");
    });
  },
);
