import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SecurityProvider } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { noteProvider } from "../report/tested-on.ts";
import { runScript } from "../run-script.ts";
import { corruptions, type Outcome, outcome } from "./corruptions.ts";
import { providers } from "./providers.ts";

interface Case extends Outcome {
  readonly leg: string;
  readonly what: string;
}

/**
 * Runs all cases in processes of their own: WinPR is C, and a token that ends a process is its defect, which
 * must not end the suite. Goes on behind a case that did; `fatal` names it.
 */
async function run(
  library: string,
  journal: string,
): Promise<{ readonly cases: readonly Case[]; readonly fatal: readonly string[] }> {
  const file = new URL("corrupted-tokens.ts", import.meta.url);
  const cases: Case[] = [];
  const fatal: string[] = [];
  for (let from = 0; ; ) {
    writeFileSync(journal, "");
    const child = await runScript(file, [library, String(from), journal]);
    const lines = readFileSync(journal, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line || "{}"));
    for (let at = 0; at + 1 < lines.length; at += 2)
      if (lines[at + 1].answer) cases.push({ ...lines[at], ...lines[at + 1] });
    const last = lines.at(-1);
    if (last.finished !== undefined) return { cases, fatal };
    if (last.index === undefined) throw new Error(`the process did not begin: ${child.stderr}`);
    fatal.push(`${last.leg}, ${last.what}: ${child.signal ?? `exit ${child.status}`}`);
    from = last.index + 1;
  }
}

/**
 * Wine's NTLM takes two processes for each exchange, so some of the cases have to do. They run here: Wine starts no
 * TypeScript, and its pool would name the file of a test that ends the process.
 */
function some(provider: SecurityProvider): readonly Case[] {
  return corruptions(provider)
    .filter(({ what }, index) => index % 31 === 0 || what.startsWith("a megabyte"))
    .map((corruption) => ({ leg: corruption.leg, what: corruption.what, ...outcome(provider, corruption) }));
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
      const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-"));
      try {
        ({ cases, fatal } = await run(label, join(folder, "journal")));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
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
