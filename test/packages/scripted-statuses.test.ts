import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { securityStatusOf } from "../../src/packages/host/security-status.ts";
import { type StatusCode, statusFact } from "../../src/status/index.ts";
import { thrownBy } from "../thrown-by.ts";
import { failures } from "./failure-statuses.ts";
import type { PackageEntry } from "./scripted/package-script.ts";
import { scriptedHost } from "./scripted/scripted-package.ts";
import { steps, World } from "./steps.ts";

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
});
