import { describe, expect, it } from "vitest";
import { memoryFaults } from "../memory-faults.ts";
import { runScript } from "../run-script.ts";
import { providers, samFile } from "./providers.ts";

const script = new URL("unguarded-token.ts", import.meta.url);

describe.each(providers.filter(({ traits }) => !traits.boundsTokens).map((provider) => [provider.label] as const))(
  "an NTLM message whose session key lies in its head, on %s",
  (label) => {
    it("A1 is SEC_E_INVALID_TOKEN for the guarded server, which goes on", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, samFile, "guarded"]);
      expect([child.signal, child.stdout]).toEqual([null, "complete\nSEC_E_INVALID_TOKEN\n"]);
    });

    it("A1 ends the process of an unguarded server, so the guard is still needed", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, samFile, "unguarded"]);
      expect(child.signal).toMatch(memoryFaults);
      expect(child.stdout).not.toContain("INVALID_TOKEN");
    });
  },
);
