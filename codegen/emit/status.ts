import type { Model, Status } from "../model/types.ts";
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
  emitFamily(file, "sspiStatus", "SspiStatusName", "SECURITY_STATUS codes of winerror.h.", sspi);
  emitFamily(file, "ntStatus", "NtStatusName", "NTSTATUS codes that SSPI work meets.", nt);
  return [file];
}

function emitFamily(file: GeneratedFile, name: string, type: string, docs: string, statuses: readonly Status[]): void {
  if (statuses.length === 0) return;
  const entries = statuses.map((status) => {
    const aliases = status.aliases.map((alias) => `"${alias}"`);
    const also = aliases.length === 0 ? "" : `, aliases: [${aliases.join(", ")}]`;
    return `${status.name}: { value: 0x${status.value.toString(16)}, text: ${JSON.stringify(status.text)}${also} },`;
  });
  const value = `{\n${entries.join("\n")}\n} as const satisfies Record<string, StatusText>`;
  file.statements.push(exported(name, value, docs), typeAlias(type, `keyof typeof ${name}`));
}
