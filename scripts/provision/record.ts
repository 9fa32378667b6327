import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What `npm run provision` could not install: libraries by their soname, programs by their package. */
export interface ProvisionRecord {
  /** Packages that the distribution does not have. */
  readonly absent: readonly string[];
  /** Packages that the distribution has only in its backports, which were not requested. */
  readonly backported: readonly string[];
}

/** Tests set the variable to check the resulting messages. */
const file = process.env["SSPI_PROVISION_RECORD"] ?? join(".cache", "provision.json");

export function writeRecord(record: ProvisionRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(record)}\n`);
}

/** Reads the record; it is empty if `npm run provision` was never run. */
export function readRecord(): ProvisionRecord {
  const none = { absent: [], backported: [] };
  return existsSync(file) ? { ...none, ...JSON.parse(readFileSync(file, "utf8")) } : none;
}
