import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where `npm run provision` notes what the distribution does not have: `{ "absent": [soname or package] }`. */
const file = join(".cache", "provision.json");

export function writeAbsent(absent: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ absent })}\n`);
}

/** Libraries by their soname, programs by their package. Empty where nobody has run `npm run provision`. */
export function readAbsent(): readonly string[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).absent : [];
}
