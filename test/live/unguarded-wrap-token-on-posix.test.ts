import { describe, expect, it } from "vitest";
import { memoryFaults } from "../memory-faults.ts";
import { runScript } from "../run-script.ts";
import { freshTickets } from "./kerberos.ts";
import { providers } from "./providers.ts";

const script = new URL("unguarded-wrap-token.ts", import.meta.url);
const dying = providers.filter(({ kind, version }) => kind === "winpr" && version?.startsWith("3.10."));

describe.each(dying.map(({ label }) => [label] as const))(
  "a message of Kerberos whose offsets point behind its token, on %s",
  (label) => {
    freshTickets();

    it("A8 is SEC_E_INVALID_TOKEN for the guarded server, which goes on", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, "guarded"]);
      expect([child.signal, child.stdout]).toEqual([null, "SEC_E_INVALID_TOKEN\n"]);
    });

    it("A8 ends the process of an unguarded server, so the guard is still needed", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, "unguarded"]);
      expect([child.signal, child.stdout]).toEqual([expect.stringMatching(memoryFaults), ""]);
    });
  },
);
