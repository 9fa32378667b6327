import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import { docsOf } from "./docs.ts";
import type { Constant, Enumeration, FlagGroup } from "./types.ts";

export function integer(name: string, spelled: string, summary?: string): Constant {
  const negative = spelled.startsWith("-");
  const magnitude = BigInt(negative ? spelled.slice(1) : spelled);
  const value = negative ? -magnitude : magnitude;
  return { name, value, hex: /^0x/i.test(spelled), ...(summary === undefined ? {} : { summary }) };
}

export function buildConstants({ content }: MetadataFile): Constant[] {
  return Object.entries(content.constants).map(([name, source]) => {
    if (typeof source === "string") return integer(name, source);
    if ("value" in source) return integer(name, source.value, source.summary);
    const value = "string" in source ? source.string : source.guid;
    const guid = "guid" in source ? { guid: true as const } : {};
    return { name, value, hex: false, ...guid, ...(source.summary === undefined ? {} : { summary: source.summary }) };
  });
}

export function buildEnums({ content, stem }: MetadataFile): Enumeration[] {
  return Object.entries(content.enums).map(([name, source]) => ({
    name,
    summary: source.summary,
    ...docsOf(content.docs, `ne-${stem}-${name.toLowerCase()}`, source.page),
    members: Object.entries(source.members).map(([member, value]) => integer(member, value)),
  }));
}

/** Collects the fields and parameters that take values of a flag group, before the groups are built. */
export class FlagUses {
  readonly #uses = new Map<string, string[]>();

  add(group: string | undefined, use: string): void {
    if (group !== undefined) this.#uses.set(group, [...(this.#uses.get(group) ?? []), use]);
  }

  of(group: string): readonly string[] {
    return this.#uses.get(group) ?? [];
  }
}

export function buildFlagGroups(
  { content, file }: MetadataFile,
  constants: readonly Constant[],
  uses: FlagUses,
  problems: Problems,
): FlagGroup[] {
  return Object.entries(content.flagGroups).map(([name, source]) => {
    const place: Place = { file, entity: name };
    const all = constants.filter((constant) => constant.name.startsWith(`${name}_`));
    const omitted = new Set<Constant>();
    for (const pattern of source.omit ?? []) {
      const matches = all.filter((constant) => matchesPattern(constant.name, pattern));
      if (matches.length === 0) problems.add(at(place, "omit"), `a constant of the group, got "${pattern}"`);
      for (const match of matches) omitted.add(match);
    }
    const usedBy = uses.of(name);
    if (usedBy.length === 0) problems.add(place, "a field or parameter with this flag group; nothing uses it");
    const members = all
      .filter((constant) => !omitted.has(constant) && typeof constant.value === "bigint")
      .map((constant) => ({ camel: camel(constant.name.slice(name.length + 1)), constant }));
    if (members.length === 0) problems.add(place, `constants that start with "${name}_"`);
    const summary = source.summary === undefined ? {} : { summary: source.summary };
    return { name, type: pascal(name), usedBy, members, ...summary };
  });
}

function matchesPattern(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** `MUTUAL_AUTH` → `mutualAuth`. */
export function camel(upper: string): string {
  return upper.toLowerCase().replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `ISC_REQ` → `IscReq`. */
export function pascal(upper: string): string {
  const lower = camel(upper);
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}
