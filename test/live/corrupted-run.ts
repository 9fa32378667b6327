import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "../run-script.ts";
import type { Outcome } from "./corruptions.ts";

export interface Case extends Outcome {
  readonly leg: string;
  readonly what: string;
}

export interface CorpusRun {
  readonly cases: readonly Case[];
  /** Cases that ended the process. */
  readonly fatal: readonly string[];
}

/**
 * Runs all cases in processes of their own: these libraries are C, and a token that ends a process is their defect,
 * which must not end the suite. Goes on behind a case that did; `fatal` names it.
 */
export async function runCorpus(library: string, packageName: string): Promise<CorpusRun> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-"));
  try {
    return await run([library, packageName], join(folder, "journal"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(args: readonly string[], journal: string): Promise<CorpusRun> {
  const file = new URL("corrupted-tokens.ts", import.meta.url);
  const cases: Case[] = [];
  const fatal: string[] = [];
  for (let from = 0; ; ) {
    writeFileSync(journal, "");
    const child = await runScript(file, [...args, String(from), journal]);
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
