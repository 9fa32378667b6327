import type { Abi } from "../../src/ctypes/abi.ts";
import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { FieldSource, StructSource } from "../schema.ts";
import { docsOf } from "./docs.ts";
import { type Member, type Placed, perAbi, place } from "./layout.ts";
import type { Scope } from "./scope.ts";
import type { Constant, EarlierForm, Field, FunctionTable, Layout, Resolved, Struct } from "./types.ts";

interface Draft {
  readonly name: string;
  readonly owner: MetadataFile;
  readonly place: Place;
  readonly source: StructSource;
  readonly members: readonly Member[];
  readonly fields: readonly Field[];
  readonly nested?: true;
}

/** Resolves the fields of all structs, then lays them out: a struct may contain a struct of any other header. */
export class StructBuilder {
  readonly #drafts = new Map<string, Draft>();
  readonly #placed = new Map<string, Placed>();
  readonly #scope: Scope;
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #problems: Problems;

  constructor(scope: Scope, constants: ReadonlyMap<string, Constant>, problems: Problems) {
    this.#scope = scope;
    this.#constants = constants;
    this.#problems = problems;
  }

  draft(owner: MetadataFile): void {
    for (const [name, source] of Object.entries(owner.content.structs)) {
      this.#draftOne(name, source, owner, { file: owner.file, entity: name });
    }
  }

  #draftOne(name: string, source: StructSource, owner: MetadataFile, place: Place, nested?: true): void {
    const fields: Field[] = [];
    const parent = { name, pack: source.pack, applePack: source.applePack };
    const members = this.#members(parent, source.fields, owner, at(place, "fields"), fields);
    this.#drafts.set(name, { name, owner, place, source, members, fields, ...defined({ nested }) });
    this.#checkFields(fields, place);
  }

  #members(
    parent: { readonly name: string } & Pick<StructSource, "pack" | "applePack">,
    sources: readonly FieldSource[],
    owner: MetadataFile,
    place: Place,
    fields: Field[],
  ): Member[] {
    return sources.flatMap((source, index): Member[] => {
      const here = at(place, source.name ?? String(index));
      if ((source.type === undefined) === (source.fields === undefined)) {
        this.#problems.add(here, "either `type` or, for a nested struct or union, `fields`");
        return [];
      }
      if (source.fields === undefined) return this.#plain(source, here, fields);
      const kind = source.kind ?? "struct";
      if (source.name === undefined) {
        return [{ kind, members: this.#members(parent, source.fields, owner, at(here, "fields"), fields) }];
      }
      const nested = `${parent.name}_${source.name}`;
      const summary = source.summary ?? `What \`${source.name}\` of ${parent.name} holds.`;
      const { pack, applePack } = parent;
      const unnamed: StructSource = { kind, summary, page: false, pack, applePack, fields: source.fields };
      this.#draftOne(nested, unnamed, owner, here, true);
      const { fields: _, kind: __, ...rest } = source;
      return this.#field({ ...rest, type: nested }, { kind: "struct", name: nested }, here, fields);
    });
  }

  #plain(source: FieldSource, place: Place, fields: Field[]): Member[] {
    const type = this.#scope.resolve(source.type ?? "", at(place, "type"));
    if (type === undefined) return [];
    if (source.name !== undefined) return this.#field(source, type, place, fields);
    if (source.bits === undefined) this.#problems.add(place, "`name`; only bit-fields and nested ones may lack it");
    return source.bits === undefined ? [] : [{ type, bits: source.bits }];
  }

  #field(source: FieldSource, type: Resolved, place: Place, fields: Field[]): Member[] {
    const { name = "", count: _, bits, since, ansi: __, fields: ___, kind: ____, type: spelled = "", ...rest } = source;
    if (type.kind === "void" || type.kind === "callback") {
      this.#problems.add(at(place, "type"), `a type with a size, got "${spelled}"`);
      return [];
    }
    const count = source.trailing ? (this.#count(source, place) ?? 1) : this.#count(source, place);
    const optional = {
      ...(count === undefined ? {} : { count }),
      ...(since === undefined ? {} : { since }),
      ...(bits === undefined ? {} : { bits: { width: bits, shift: 0 } }),
    };
    if (fields.some((field) => field.name === name)) this.#problems.add(place, "a field name that is used once");
    fields.push({ name, spelled, type, ...defined(rest), ...optional });
    return [{ name, type, ...(count === undefined ? {} : { count }), ...(bits === undefined ? {} : { bits }) }];
  }

  #count({ count }: FieldSource, place: Place): number | undefined {
    if (typeof count !== "string") return count;
    const constant = this.#constants.get(count);
    if (typeof constant?.value === "bigint") return Number(constant.value);
    this.#problems.add(at(place, "count"), `a number or an integer constant, got "${count}"`);
    return undefined;
  }

  #checkFields(fields: readonly Field[], place: Place): void {
    const names = new Set(fields.map(({ name }) => name));
    for (const field of fields) {
      const here = at(place, "fields", field.name);
      if (field.sizedBy !== undefined && !names.has(field.sizedBy))
        this.#problems.add(at(here, "sizedBy"), `a field of ${place.entity}, got "${field.sizedBy}"`);
      if (field.trailing && field.sizedBy === undefined)
        this.#problems.add(at(here, "sizedBy"), "the field that says how long the trailing array is");
      if (field.counts !== undefined && field.sizedBy === undefined)
        this.#problems.add(at(here, "counts"), "no `counts` where there is no `sizedBy`");
      if (field.releasedBy !== undefined && field.type.kind !== "pointer" && !isHandle(field.type))
        this.#problems.add(at(here, "releasedBy"), "a pointer or a handle to release");
    }
  }

  finish(): Struct[] {
    return [...this.#drafts.values()].map((draft) => this.#finishOne(draft));
  }

  #finishOne({ name, owner, place: where, source, fields, nested }: Draft): Struct {
    const layouts = perAbi((abi): Layout => {
      const { size, align, offsets } = this.#place(name, abi, []);
      return { size, align, offsets };
    });
    const { shifts } = this.#place(name, "win32-x64", []);
    const table = this.#table(source, where, fields);
    const earlier = this.#earlier(source, where, name);
    return {
      name,
      stem: owner.stem,
      header: source.header ?? owner.content.header,
      kind: source.kind ?? "struct",
      ...defined({ nested, pack: source.pack, applePack: source.applePack, group: source.group }),
      summary: source.summary,
      ...docsOf(owner.content.docs, `ns-${owner.stem}-${name.toLowerCase()}`, source.page),
      fields: fields.map((field) =>
        field.bits ? { ...field, bits: { width: field.bits.width, shift: shifts[field.name] ?? 0 } } : field,
      ),
      layouts,
      ...defined({ table, earlier }),
    };
  }

  #place(name: string, abi: Abi, through: readonly string[]): Placed {
    const key = `${name} ${abi}`;
    const done = this.#placed.get(key);
    if (done) return done;
    const draft = this.#drafts.get(name);
    const empty: Placed = { size: 0, align: 1, offsets: {}, shifts: {} };
    if (draft === undefined) return empty;
    if (through.includes(name)) {
      const cycle = [...through.slice(through.indexOf(name)), name].join(" → ");
      this.#problems.add(at(draft.place, "fields"), `a struct that does not contain itself by value, got ${cycle}`);
      return empty;
    }
    const inner = (struct: string): Layout => this.#place(struct, abi, [...through, name]);
    const { kind = "struct" } = draft.source;
    const placed = place(kind, draft.members, packOf(draft.source, abi), abi, inner);
    this.#placed.set(key, placed);
    return placed;
  }

  #earlier(source: StructSource, where: Place, name: string): EarlierForm[] | undefined {
    const { earlier, kind = "struct" } = source;
    const members = this.#drafts.get(name)?.members ?? [];
    return earlier?.flatMap((last) => {
      const index = members.findIndex((member) => member.name === last);
      if (index < 0 || index === members.length - 1) {
        this.#problems.add(at(where, "earlier"), `a field of ${name} that others follow, got "${last}"`);
        return [];
      }
      const shorter = members.slice(0, index + 1);
      const inner = (struct: string, abi: Abi): Layout => this.#place(struct, abi, [name]);
      return [{ last, sizes: perAbi((abi) => place(kind, shorter, packOf(source, abi), abi, inner).size) }];
    });
  }

  #table({ table }: StructSource, where: Place, fields: readonly Field[]): FunctionTable | undefined {
    const strays = fields.filter(({ since }) => since !== undefined && !table?.versions.includes(since));
    for (const { name, since } of strays)
      this.#problems.add(at(where, "fields", name, "since"), `a version of \`table.versions\`, got "${since}"`);
    if (table === undefined) return undefined;
    if (table.version !== undefined && !fields.some(({ name }) => name === table.version))
      this.#problems.add(at(where, "table.version"), `a field of ${where.entity}, got "${table.version}"`);
    const ends = table.versions.flatMap((constant, index) => {
      const value = this.#constants.get(constant)?.value;
      if (typeof value !== "bigint") {
        this.#problems.add(at(where, "table.versions"), `an integer constant, got "${constant}"`);
        return [];
      }
      const known = new Set<string | undefined>([undefined, ...table.versions.slice(0, index + 1)]);
      const last = fields.findLast(({ since }) => known.has(since));
      return last === undefined ? [] : [{ constant, version: Number(value), last: last.name }];
    });
    return { ...(table.version === undefined ? {} : { version: table.version }), ends };
  }
}

function packOf({ pack, applePack }: StructSource, abi: Abi): number | undefined {
  return pack ?? (abi === "darwin-x64" ? applePack : undefined);
}

/** Whether the type is a handle, which C treats as a value and its owner has to release. */
function isHandle(type: Resolved): boolean {
  return type.kind === "scalar" && type.scalar === "usize";
}

export function defined<T extends object>(source: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
