import type { Header, Model, Status } from "../model/types.ts";
import { typeAlias } from "./constants.ts";
import { exported, GeneratedFile } from "./file.ts";

export function emitStatus({ headers }: Model): GeneratedFile[] {
  const used = headers.filter(({ sspiStatuses, ntStatuses }) => sspiStatuses.length + ntStatuses.length > 0);
  if (used.length === 0) return [];
  const file = new GeneratedFile(
    "status.ts",
    used.map(({ stem }) => `${stem}.json`),
  );
  file.statements.push(
    "/** A status in words. Where several names share a number, the others are aliases. */\n" +
      "export interface StatusText {\n  readonly value: number;\n  readonly text: string;\n" +
      "  readonly aliases?: readonly string[];\n}",
  );
  const sspi = used.flatMap(({ sspiStatuses }) => sspiStatuses);
  const nt = used.flatMap(({ ntStatuses }) => ntStatuses);
  emitFamily(file, "sspiStatus", "SECURITY_STATUS codes of winerror.h.", sspi);
  if (sspi.length > 0) file.statements.push(typeAlias("SspiStatusName", "keyof typeof sspiStatus"));
  emitFamily(file, "ntStatus", "NTSTATUS codes that SSPI work meets.", nt);
  if (nt.length > 0) file.statements.push(typeAlias("NtStatusName", ntNames(file, used)));
  return [file, ...emitNames(used)];
}

function emitFamily(file: GeneratedFile, name: string, docs: string, statuses: readonly Status[]): void {
  const entries = statuses.flatMap(({ name, value, text, aliases }) => {
    const also = aliases.length === 0 ? "" : `, aliases: [${aliases.map((alias) => `"${alias}"`).join(", ")}]`;
    return text === undefined ? [] : [`${name}: { value: ${hex(value)}, text: ${JSON.stringify(text)}${also} },`];
  });
  if (entries.length === 0) return;
  const value = `{\n${entries.join("\n")}\n} as const satisfies Record<string, StatusText>`;
  file.statements.push(exported(name, value, docs));
}

/** Names of all NTSTATUS codes, explained or not, as a type: what else a header's constants are is taken out. */
function ntNames(file: GeneratedFile, headers: readonly Header[]): string {
  const unions = headers.flatMap((header) => {
    if (header.ntStatuses.length === 0) return [];
    const alias = header.stem.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    file.useType(`${header.stem}/constants.ts`, `* as ${alias}`);
    const others = otherConstants(header).map((name) => `"${name}"`);
    const names = `keyof typeof ${alias}`;
    return [others.length === 0 ? names : `Exclude<${names}, ${others.join(" | ")}>`];
  });
  return unions.join(" | ");
}

function otherConstants({ constants, enums, flagGroups, sspiStatuses }: Header): string[] {
  const members = enums.flatMap((one) => [one.name, ...one.members.map(({ name }) => name)]);
  const groups = flagGroups.flatMap(({ name }) => [name, `${name}_64`]);
  const statuses = sspiStatuses.flatMap(({ name, aliases }) => [name, ...aliases]);
  return [...constants.map(({ name }) => name), ...members, ...groups, ...statuses];
}

/** The codes without words, to be searched only when one of them comes up: text costs an import next to nothing. */
function emitNames(headers: readonly Header[]): GeneratedFile[] {
  const mute = headers.filter(({ ntStatuses }) => ntStatuses.some(({ text }) => text === undefined));
  if (mute.length === 0) return [];
  const file = new GeneratedFile(
    "nt-status-names.ts",
    mute.map(({ stem }) => `${stem}.json`),
  );
  const words = mute
    .flatMap(({ ntStatuses }) => ntStatuses)
    .filter(({ name, text }) => text === undefined && name.startsWith("STATUS_"))
    .map(({ name, value }) => name.replace("STATUS", value.toString(16)));
  const text = `\`\n${words.reduce(fill, "")}\n\``;
  const docs = "NTSTATUS codes without an explanation: each name with its number in hex for `STATUS`.";
  file.statements.push(exported("ntStatusNames", text, docs));
  return [file];
}

function fill(text: string, word: string): string {
  const last = text.length - text.lastIndexOf("\n") - 1;
  return text + (text === "" ? "" : last + word.length > 116 ? "\n" : " ") + word;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
