import { statusesOf } from "../model/statuses.ts";
import type { Header, Model, Status } from "../model/types.ts";
import { typeAlias } from "./constants.ts";
import { exported, GeneratedFile, type Surroundings } from "./file.ts";

export function emitStatus({ headers }: Model, surroundings: Surroundings): GeneratedFile[] {
  const used = headers.filter((header) => statusesOf(header).length > 0);
  if (used.length === 0) return [];
  const file = new GeneratedFile(
    "status.ts",
    used.map(({ stem }) => `${stem}.json`),
    surroundings,
  );
  file.statements.push(
    "/** A status in words. Where several names share a number, the others are aliases. */\n" +
      "export interface StatusText {\n  readonly value: number;\n  readonly text: string;\n" +
      "  readonly aliases?: readonly string[];\n}",
  );
  const sspi = used.flatMap(({ sspiStatuses }) => sspiStatuses);
  emitFamily(file, "sspiStatus", "SECURITY_STATUS codes of winerror.h.", sspi);
  if (sspi.length > 0) file.statements.push(typeAlias("SspiStatusName", "keyof typeof sspiStatus"));
  for (const family of families) {
    const own = used.filter((header) => header[family.of].length > 0);
    if (own.length === 0) continue;
    emitFamily(
      file,
      family.table,
      family.docs,
      own.flatMap((header) => header[family.of]),
    );
    file.statements.push(typeAlias(family.type, namesOf(file, own, family)));
  }
  return [file, ...families.flatMap((family) => emitNames(used, family, surroundings))];
}

/** A kind of status with more names than explanations. */
interface Family {
  readonly of: "ntStatuses" | "hresults" | "win32Errors";
  readonly table: string;
  readonly docs: string;
  readonly type: string;
  /** The file for names without an explanation, and its table. */
  readonly names: { readonly file: string; readonly table: string; readonly docs: string };
  /** The prefix of every name. */
  readonly prefix: string;
}

const families: readonly Family[] = [
  {
    of: "ntStatuses",
    table: "ntStatus",
    docs: "NTSTATUS codes that SSPI work meets.",
    type: "NtStatusName",
    names: {
      file: "nt-status-names.ts",
      table: "ntStatusNames",
      docs: "NTSTATUS codes without an explanation: each name with its number in hex for `STATUS`.",
    },
    prefix: "STATUS_",
  },
  {
    of: "hresults",
    table: "hresult",
    docs: "HRESULTs of certificates, keys and cryptography.",
    type: "HresultName",
    names: {
      file: "hresult-names.ts",
      table: "hresultNames",
      docs: "HRESULTs without an explanation: each name behind its number in hex.",
    },
    prefix: "",
  },
  {
    of: "win32Errors",
    table: "win32Error",
    docs: "Errors of Win32 that SSPI work meets, by their own numbers.",
    type: "Win32ErrorName",
    names: {
      file: "win32-error-names.ts",
      table: "win32ErrorNames",
      docs: "Errors of Win32 without an explanation: each name with its number in hex for `ERROR`.",
    },
    prefix: "ERROR_",
  },
];

function emitFamily(file: GeneratedFile, name: string, docs: string, statuses: readonly Status[]): void {
  const entries = statuses.flatMap(({ name, value, text, aliases }) => {
    const also = aliases.length === 0 ? "" : `, aliases: [${aliases.map((alias) => `"${alias}"`).join(", ")}]`;
    return text === undefined ? [] : [`${name}: { value: ${hex(value)}, text: ${JSON.stringify(text)}${also} },`];
  });
  if (entries.length === 0) return;
  const value = `{\n${entries.join("\n")}\n} as const satisfies Record<string, StatusText>`;
  file.statements.push(exported(name, value, docs));
}

/**
 * Returns a type of all names of a family, explained or not: a header's constants without those that are no status of
 * it.
 */
function namesOf(file: GeneratedFile, headers: readonly Header[], { of }: Family): string {
  const unions = headers.flatMap((header) => {
    const alias = header.stem.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    file.useType(`${header.stem}/constants.ts`, `* as ${alias}`);
    const others = otherConstants(header, header[of]).map((name) => `"${name}"`);
    const names = `keyof typeof ${alias}`;
    return [others.length === 0 ? names : `Exclude<${names}, ${others.join(" | ")}>`];
  });
  return unions.join(" | ");
}

function otherConstants(header: Header, own: readonly Status[]): string[] {
  const { constants, enums, flagGroups } = header;
  const members = enums.flatMap((one) => [one.name, ...one.members.map(({ name }) => name)]);
  const groups = flagGroups.flatMap(({ name }) => [name, `${name}_64`]);
  const statuses = statusesOf(header)
    .filter((status) => !own.includes(status))
    .flatMap(({ name, aliases }) => [name, ...aliases]);
  return [...constants.map(({ name }) => name), ...members, ...groups, ...statuses];
}

/**
 * Emits the codes without an explanation as one text, which is searched only when such a code occurs: importing text
 * costs almost nothing.
 */
function emitNames(
  headers: readonly Header[],
  { of, names, prefix }: Family,
  surroundings: Surroundings,
): GeneratedFile[] {
  const mute = headers.filter((header) => header[of].some(({ text }) => text === undefined));
  if (mute.length === 0) return [];
  const file = new GeneratedFile(
    names.file,
    mute.map(({ stem }) => `${stem}.json`),
    surroundings,
  );
  const words = mute
    .flatMap((header) => header[of])
    .filter(({ name, text }) => text === undefined && name.startsWith(prefix))
    .map(({ name, value }) => `${value.toString(16)}_${name.slice(prefix.length)}`);
  const text = `\`\n${words.reduce(fill, "")}\n\``;
  file.statements.push(exported(names.table, text, names.docs));
  return [file];
}

function fill(text: string, word: string): string {
  const last = text.length - text.lastIndexOf("\n") - 1;
  return text + (text === "" ? "" : last + word.length > 116 ? "\n" : " ") + word;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
