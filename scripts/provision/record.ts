import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What `npm run provision` could not install: libraries by their soname, programs by their package. */
export interface ProvisionRecord {
  /** What the distribution does not have. */
  readonly absent: readonly string[];
  /** What it has in its backports only, which nobody has asked for. */
  readonly backported: readonly string[];
}

/** The variable is for tests of what is said then. */
const file = process.env["SSPI_PROVISION_RECORD"] ?? join(".cache", "provision.json");

export function writeRecord(record: ProvisionRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(record)}\n`);
}

/** Empty where nobody has run `npm run provision`. */
export function readRecord(): ProvisionRecord {
  const none = { absent: [], backported: [] };
  return existsSync(file) ? { ...none, ...JSON.parse(readFileSync(file, "utf8")) } : none;
}
