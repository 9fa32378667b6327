import { describe, expect, it } from "vitest";
import { PackageHost } from "../../src/packages.ts";
import { statusFact } from "../../src/status/index.ts";
import { releaseWarnings } from "../release-warnings.ts";
import { failures } from "./failure-statuses.ts";
import { ScriptedPackage } from "./scripted/scripted-package.ts";
import { World } from "./steps.ts";

describe("a failure status of a hosted package", () => {
  it.each(["Initialize", "GetInfo", "InstanceInit"] as const)(
    "from %s makes add() refuse the module without keeping anything of it",
    (entry) => {
      for (const status of failures) {
        using host = new PackageHost();
        const scripted = new ScriptedPackage({ answers: { [entry]: status } });
        expect(() => host.add(scripted)).toThrow(`${entry} answered ${statusFact(status).code}: `);
        expect(host.packages).toEqual([]);
        expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
        // The host calls Shutdown only if Initialize succeeded.
        expect(scripted.calls.includes("Shutdown")).toBe(entry !== "Initialize");
        host.close();
        scripted.close();
      }
    },
  );

  it.each(["FreeCredentialsHandle", "DeleteContext", "DeleteUserModeContext", "Shutdown"] as const)(
    "from %s is recorded as a misdeed, and everything else is still released",
    async (entry) => {
      const [host, scripted] = [new PackageHost(), new ScriptedPackage({ answers: { [entry]: 0x8009_0304 } })];
      host.add(scripted, { splitsMessages: true });
      const world = new World({ host, name: "Scripted" });
      world.pair();
      world.close();
      host.close();
      scripted.close();
      const refused = host.diagnostics().misdeeds.filter(({ kind }) => kind === "refused");
      const counted = ["FreeCredentialsHandle", "DeleteUserModeContext", "DeleteContext", "Shutdown"].map((name) => [
        name,
        scripted.calls.filter((call) => call === name).length,
      ]);
      expect(Object.fromEntries(counted)).toEqual({
        FreeCredentialsHandle: 2,
        DeleteUserModeContext: 2,
        DeleteContext: 2,
        Shutdown: 1,
      });
      expect(refused[0]?.text).toBe(`${entry} answered SEC_E_INTERNAL_ERROR`);
      expect((await releaseWarnings()).length > 0).toBe(entry !== "Shutdown");
      expect(host.diagnostics()).toMatchObject({ held: [], open: { credentials: 0, contexts: 0, tokens: 0 } });
    },
  );
});
