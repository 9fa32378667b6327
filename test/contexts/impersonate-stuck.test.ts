import { describe, expect, it } from "vitest";
import { runScript } from "../run-script.ts";

describe("impersonating a client", () => {
  it.each([
    ["returns", "fails", "RevertSecurityContext: SEC_E_INTERNAL_ERROR"],
    ["throws", "fails", "RevertSecurityContext: SEC_E_INTERNAL_ERROR"],
    ["returns", "throws", "no way back"],
    ["returns", "answers no status", "RevertSecurityContext: expected scripted to answer an integer"],
  ])(
    "ends the process before anything more runs if it cannot be reverted, where the work %s and the provider %s",
    async (work, revert, said) => {
      const child = await runScript(new URL("impersonate-stuck.ts", import.meta.url), [work, revert]);
      expect(child.signal).toBe("SIGABRT");
      expect(child.stdout).toBe("working as the client\n");
      expect(child.stderr).toContain("still impersonating a client");
      expect(child.stderr).toContain(said);
    },
    60_000,
  );
});
