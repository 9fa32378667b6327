import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runScript } from "../run-script.ts";
import { providers } from "./providers.ts";

interface Case {
  readonly leg: string;
  readonly what: string;
  readonly answer: string;
  /** How many native things were still held after it. */
  readonly held: number;
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

describe.each(providers.map((provider) => ({ label: provider.label })))("a corrupted token on $label", ({ label }) => {
  let cases: readonly Case[] = [];
  let fatal: readonly string[] = [];
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-"));
    try {
      ({ cases, fatal } = await run(label, join(folder, "journal")));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);

  it("never ends the process", () => {
    expect(fatal).toEqual([]);
    expect(cases.length).toBeGreaterThan(1_500);
  });

  it("is a typed error or a leg, at every leg of the handshake", () => {
    for (const leg of ["negotiate", "challenge", "authenticate"])
      expect(cases.filter((one) => one.leg === leg).length).toBeGreaterThan(400);
    const answers = new Set(cases.map((one) => one.answer));
    for (const answer of answers) expect(answer).toMatch(/^(SEC_E_[A-Z_]+|continue|complete|incomplete-message)$/);
    expect([...answers]).toContain("SEC_E_INVALID_TOKEN");
  });

  it("leaves nothing alive", () => {
    expect(cases.filter((one) => one.held !== 0)).toEqual([]);
  });

  it("authenticates no one: a server completes only with the client's message as it was, whatever follows it", () => {
    const completed = cases.filter((one) => one.leg === "authenticate" && one.answer === "complete");
    expect(completed.map((one) => one.what)).toEqual(["a megabyte of zeros after it"]);
  });
});
