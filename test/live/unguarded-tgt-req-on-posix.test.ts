import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { memoryFaults } from "../memory-faults.ts";
import { runScript } from "../run-script.ts";
import { providers } from "./providers.ts";

const script = new URL("unguarded-tgt-req.ts", import.meta.url);
const dying = providers.filter(({ kind, version }) => kind === "winpr" && version?.startsWith("3.10."));

describe.each(dying.flatMap(({ label }) => ["Kerberos", "Negotiate"].map((name) => [name, label] as const)))(
  "a TGT-REQ to %s on %s",
  (name, label) => {
    const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-tgt-req-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("A2 is SEC_E_INVALID_TOKEN for the guarded server, which goes on", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, folder, name, "guarded"]);
      expect([child.signal, child.stdout]).toEqual([null, "SEC_E_INVALID_TOKEN\nalive\n"]);
    });

    it("A2 ends the process of an unguarded server, so the guard is still needed", { timeout: 60_000 }, async () => {
      const child = await runScript(script, [label, folder, name, "unguarded"]);
      expect(child.signal).toMatch(memoryFaults);
      expect(child.stdout).not.toContain("alive");
    });
  },
);
