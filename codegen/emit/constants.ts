import { StructureKind } from "ts-morph";
import { statusesOf } from "../model/statuses.ts";
import type { Constant, Enumeration, FlagGroup, Header } from "../model/types.ts";
import { docText, see } from "./docs.ts";
import { exported, GeneratedFile, type Surroundings } from "./file.ts";

export function emitConstants(header: Header, surroundings: Surroundings): GeneratedFile[] {
  const { stem, constants, enums, flagGroups } = header;
  const statuses = statusesOf(header).flatMap(({ name, value, text, aliases }) =>
    [name, ...aliases].map((one): Constant => {
      const summary = text === undefined ? {} : { summary: text };
      return { name: one, value: BigInt(value), hex: true, ...summary };
    }),
  );
  const all = [...constants, ...statuses];
  if (all.length + enums.length === 0) return [];
  const file = new GeneratedFile(`${stem}/constants.ts`, [`${stem}.json`], surroundings);
  for (const constant of all) file.statements.push(exported(constant.name, literal(constant), constant.summary));
  for (const enumeration of enums) emitEnum(file, enumeration);
  for (const group of flagGroups) emitGroup(file, group);
  return [file];
}

/** Writes a number as the header does; as a bigint if it needs more than 32 bits. */
export function literal({ value, hex }: Constant): string {
  if (typeof value === "string") return JSON.stringify(value);
  const magnitude = value < 0n ? -value : value;
  const digits = hex ? `0x${magnitude.toString(16)}` : `${magnitude}`;
  return `${value < 0n ? "-" : ""}${digits}${isWide(value) ? "n" : ""}`;
}

export function isWide(value: bigint | string): boolean {
  return typeof value === "bigint" && (value > 0xffff_ffffn || value < -0x8000_0000n);
}

function emitEnum(file: GeneratedFile, { name, summary, docs, members }: Enumeration): void {
  for (const member of members) file.statements.push(exported(member.name, literal(member)));
  const text = docText([`\`${name}\`: ${summary}`, ...see(docs)]);
  file.statements.push(exported(name, `{ ${members.map((member) => member.name).join(", ")} } as const`, text));
  file.statements.push(typeAlias(name, `(typeof ${name})[keyof typeof ${name}]`));
}

function emitGroup(file: GeneratedFile, group: FlagGroup): void {
  const narrow = group.members.filter(({ constant }) => !isWide(constant.value));
  const wide = group.members.filter(({ constant }) => isWide(constant.value));
  const about = `\`${group.name}_*\`: ${group.usedBy.join(", ")}.`;
  emitMembers(file, group.name, group.type, narrow, docText([about, ...(group.summary ? [group.summary] : [])]));
  if (wide.length === 0) return;
  const beyond = `\`${group.name}_*\` beyond 32 bits: they travel in a SECBUFFER_FLAGS buffer, not in the flag word.`;
  emitMembers(file, `${group.name}_64`, `${group.type}64`, wide, beyond);
}

function emitMembers(
  file: GeneratedFile,
  name: string,
  type: string,
  members: FlagGroup["members"],
  docs: string,
): void {
  const entries = members.map(({ camel, constant }) => `${camel}: ${constant.name},`);
  file.statements.push(exported(name, `{\n${entries.join("\n")}\n} as const`, docs));
  file.statements.push(typeAlias(type, `keyof typeof ${name}`));
}

export function typeAlias(name: string, type: string) {
  return { kind: StructureKind.TypeAlias as const, isExported: true, name, type };
}
