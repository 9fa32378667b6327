import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SecurityProvider } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { noteProvider } from "../report/tested-on.ts";
import { type Case, runCorpus } from "./corrupted-run.ts";
import { corruptions, ntlmCorpus, outcome } from "./corruptions.ts";
import { providers } from "./providers.ts";

/**
 * Wine's NTLM takes two processes for each exchange, so some of the cases have to do. They run here: Wine starts no
 * TypeScript, and its pool would name the file of a test that ends the process.
 */
function some(provider: SecurityProvider): readonly Case[] {
  const corpus = ntlmCorpus(provider);
  return corruptions(corpus)
    .filter(({ what }, index) => index % 31 === 0 || what.startsWith("a megabyte"))
    .map((corruption) => ({ leg: corruption.leg, what: corruption.what, ...outcome(corpus, corruption) }));
}

const windows = process.platform === "win32";

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "a corrupted token on $label",
  ({ provider, label }) => {
    const share = windows ? 31 : 1;
    needsForNtlm(provider);
    beforeEach(() => noteProvider(provider));
    let cases: readonly Case[] = [];
    let fatal: readonly string[] = [];
    beforeAll(async () => {
      if (windows) {
        cases = some(provider);
        return;
      }
      ({ cases, fatal } = await runCorpus(label, "NTLM"));
    }, 300_000);

    it("never ends the process", () => {
      expect(fatal).toEqual([]);
      expect(cases.length).toBeGreaterThan(1_500 / share);
    });

    it("is a typed error or a leg, at every leg of the handshake", () => {
      for (const leg of ["negotiate", "challenge", "authenticate"])
        expect(cases.filter((one) => one.leg === leg).length).toBeGreaterThan(400 / share);
      const answers = new Set(cases.map((one) => one.answer));
      for (const answer of answers) expect(answer).toMatch(/^(SEC_E_[A-Z_]+|continue|complete|incomplete-message)$/);
      expect([...answers]).toContain("SEC_E_INVALID_TOKEN");
    });

    it("leaves nothing alive", () => {
      expect(cases.filter((one) => one.held !== 0)).toEqual([]);
    });

    it("authenticates no one: a server completes with the client's message as it was only", () => {
      const completed = cases.filter((one) => one.leg === "authenticate" && one.answer === "complete");
      // Wine's ntlm_auth takes a message with nothing behind it only.
      expect(completed.map((one) => one.what)).toEqual(windows ? [] : ["a megabyte of zeros after it"]);
    });
  },
);
