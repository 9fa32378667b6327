import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, sourceFiles } from "./source-files.ts";

export interface SecurityRule {
  readonly id: string;
  readonly threat: string;
  readonly rule: string;
}

/** The rows of a page of rules. */
export function rulesOf(page: string): readonly SecurityRule[] {
  const rows = [...page.matchAll(/^\| ([A-Z]\d+) \|(.*)\|(.*)\|$/gm)];
  return rows.map(([, id = "", threat = "", rule = ""]) => ({ id, threat: threat.trim(), rule: rule.trim() }));
}

export function securityRules(): readonly SecurityRule[] {
  return rulesOf(readFileSync(join(root, "docs/security/rules.md"), "utf8"));
}

export interface RuleTitle {
  readonly ids: readonly string[];
  /** The text behind the ids. */
  readonly text: string;
  readonly file: string;
}

/** A literal title that begins with ids of rules or of the contract's rows. */
const titles = /(?<=(?:\b(?:it|test)(?:\.\w+)*|\))\(\s*["`])((?:(?:[A-Z]\d+|[A-Z]{3}-\d\d)[,:]? )+)([^"`\n]*)/g;

/** The titles in a test's source that begin with the id of a rule. */
export function ruleTitles(source: string, file: string): readonly RuleTitle[] {
  return [...source.matchAll(titles)]
    .map(([, ids = "", text = ""]) => ({ ids: ids.match(/\b[A-Z]\d+\b/g) ?? [], text, file }))
    .filter(({ ids }) => ids.length > 0);
}

export function allRuleTitles(): readonly RuleTitle[] {
  return sourceFiles("test")
    .filter((file) => file.endsWith(".test.ts") && file !== "test/architecture/security-rules.test.ts")
    .flatMap((file) => ruleTitles(readFileSync(join(root, file), "utf8"), file));
}
