import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is read of Kerberos' configuration: scalars of [libdefaults], and the KDCs of each realm. */
export interface Krb5Configuration {
  /** The files that there are, in the order in which they were read. */
  readonly files: readonly string[];
  readonly defaults: ReadonlyMap<string, string>;
  readonly kdcs: ReadonlyMap<string, readonly string[]>;
}

interface Reading {
  readonly files: string[];
  readonly defaults: Map<string, string>;
  readonly kdcs: Map<string, string[]>;
}

/** Includes may form a ring. */
const mostFiles = 100;

/** Where MIT's library looks; several files are parted by colons. */
export function configurationFiles({ KRB5_CONFIG }: NodeJS.ProcessEnv): readonly string[] {
  return (KRB5_CONFIG || "/etc/krb5.conf").split(":").filter((file) => file !== "");
}

/** The configuration that the files make, of which those that are not there are left out. */
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

/** @returns the realm that the lines to come are about */
function readRelation(section: string, realm: string, line: string, { defaults, kdcs }: Reading): string {
  const [, name = "", value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
  if (value.startsWith("{")) return value.endsWith("}") ? "" : name;
  // The first one counts.
  if (section === "libdefaults" && realm === "" && name !== "" && !defaults.has(name)) defaults.set(name, value);
  if (section === "realms" && realm !== "" && name === "kdc") kdcs.set(realm, [...(kdcs.get(realm) ?? []), value]);
  return realm;
}

/** Of a folder MIT reads what is named in letters, digits, dashes and underscores, or ends in `.conf`. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[\w-]+$/.test(name) || (name.endsWith(".conf") && !name.startsWith(".")))
    .sort()
    .map((name) => join(folder, name));
}

/** A setting that is yes or no, as MIT reads it. */
export function isOn({ defaults }: Krb5Configuration, name: string, otherwise: boolean): boolean {
  const value = defaults.get(name)?.toLowerCase();
  return value === undefined ? otherwise : ["y", "yes", "true", "t", "1", "on"].includes(value);
}
