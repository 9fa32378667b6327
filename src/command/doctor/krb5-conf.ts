import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of Kerberos' configuration that are checked: scalars of [libdefaults], and the KDCs of each realm. */
export interface Krb5Configuration {
  /** The existing files, in the order in which they were read. */
  readonly files: readonly string[];
  readonly defaults: ReadonlyMap<string, string>;
  readonly kdcs: ReadonlyMap<string, readonly string[]>;
}

interface Reading {
  readonly files: string[];
  readonly defaults: Map<string, string>;
  readonly kdcs: Map<string, string[]>;
}

/** The maximum number of files, because includes may form a cycle. */
const mostFiles = 100;

/** The files that MIT's library reads; KRB5_CONFIG separates several files by colons. */
export function configurationFiles({ KRB5_CONFIG }: NodeJS.ProcessEnv): readonly string[] {
  return (KRB5_CONFIG || "/etc/krb5.conf").split(":").filter((file) => file !== "");
}

/** Reads the combined configuration of the files; missing files are skipped. */
export function readConfiguration(files: readonly string[]): Krb5Configuration {
  const reading: Reading = { files: [], defaults: new Map(), kdcs: new Map() };
  for (const file of files) readFile(file, reading);
  return reading;
}

function readFile(file: string, reading: Reading): void {
  if (!existsSync(file) || reading.files.length >= mostFiles) return;
  reading.files.push(file);
  let [section, realm] = ["", ""];
  for (const line of readFileSync(file, "utf8")
    .split("\n")
    .map((text) => text.trim())) {
    if (/^[#;]/.test(line)) continue;
    const [, directive, target] = /^(include|includedir)\s+(.+)$/.exec(line) ?? [];
    if (target !== undefined) {
      for (const included of directive === "include" ? [target] : filesIn(target)) readFile(included, reading);
      continue;
    }
    const [, heading] = /^\[(.+)\]\*?$/.exec(line) ?? [];
    if (heading !== undefined) [section, realm] = [heading.toLowerCase(), ""];
    else if (line.startsWith("}")) realm = "";
    else realm = readRelation(section, realm, line, reading);
  }
}

/** @returns the realm that the following lines belong to */
function readRelation(section: string, realm: string, line: string, { defaults, kdcs }: Reading): string {
  const [, name = "", value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
  if (value.startsWith("{")) return value.endsWith("}") ? "" : name;
  // The first value of a setting counts.
  if (section === "libdefaults" && realm === "" && name !== "" && !defaults.has(name)) defaults.set(name, value);
  if (section === "realms" && realm !== "" && name === "kdc") kdcs.set(realm, [...(kdcs.get(realm) ?? []), value]);
  return realm;
}

/**
 * The files of a folder that MIT reads: names of letters, digits, dashes and underscores, or names that end in `.conf`.
 */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[\w-]+$/.test(name) || (name.endsWith(".conf") && !name.startsWith(".")))
    .sort()
    .map((name) => join(folder, name));
}

/** The value of a boolean setting, as MIT reads it. */
export function isOn({ defaults }: Krb5Configuration, name: string, otherwise: boolean): boolean {
  const value = defaults.get(name)?.toLowerCase();
  return value === undefined ? otherwise : ["y", "yes", "true", "t", "1", "on"].includes(value);
}
