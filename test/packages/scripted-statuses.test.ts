import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_INCOMPLETE_MESSAGE } from "../../generated/status/constants.ts";
import { ntStatus, sspiStatus } from "../../generated/status.ts";
import { securityStatusOf } from "../../src/packages/host/security-status.ts";
import { PackageHost } from "../../src/packages.ts";
import { isFailure, type StatusCode, statusFact } from "../../src/status/index.ts";
import { releaseWarnings } from "../release-warnings.ts";
import { thrownBy } from "../thrown-by.ts";
import type { PackageEntry } from "./scripted/package-script.ts";
import { ScriptedPackage, scriptedHost } from "./scripted/scripted-package.ts";
import { steps, World } from "./steps.ts";

/** All failures that the headers define, and two that they do not define. */
const failures: readonly number[] = [...Object.values(sspiStatus), ...Object.values(ntStatus)]
  .map(({ value }): number => value)
  // SEC_E_INCOMPLETE_MESSAGE is no failure of a leg or a message: more bytes are needed.
  .filter((value) => isFailure(value) && value !== SEC_E_INCOMPLETE_MESSAGE)
  .concat(0xe000_0001, 0xffff_ffff);

/** The code that a caller of SSPI gets for a status; messages to a package keep the package's status. */
function codeOf(status: number, entry: string): StatusCode {
  const equal = entry === "CallPackage" ? undefined : securityStatusOf(status)?.status;
  return statusFact(equal ?? status).code;
}

const reached = steps.flatMap((step) => step.entries.map((entry) => ({ step, name: step.name, entry })));

describe("a failure status of a hosted package", { timeout: 60_000 }, () => {
  it.each(reached)(
    "from $entry in $name is thrown as a typed error, and nothing is left allocated or open",
    ({ step, entry }) => {
      const { host, scripted } = scriptedHost();
      fc.assert(
        fc.property(fc.constantFrom(...failures), (status) => {
          scripted.restart();
          using world = new World({ host, name: "Scripted" });
          const work = step.prepare(world);
          const { open, held } = host.diagnostics();
          scripted.answerNext(entry as PackageEntry, status);
          expect(thrownBy(work)).toMatchObject({ code: codeOf(status, entry) });
          const after = host.diagnostics();
          expect(after.misdeeds).toEqual([]);
          if (!step.again) return;
          expect(after).toMatchObject({ open, held });
          work();
        }),
        { numRuns: 60 },
      );
      expect(host.diagnostics()).toMatchObject({ held: [], open: { credentials: 0, contexts: 0, tokens: 0 } });
      expect(scripted.open).toEqual({ credentials: 0, contexts: 0, sessions: 0 });
    },
  );

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
