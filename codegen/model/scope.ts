import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { CallbackSource, FunctionSource, StructSource, TypedefSource } from "../schema.ts";
import { builtin, parseSpelling, platformLong, pointerTo } from "./c-type.ts";
import type { Resolved } from "./types.ts";

export type Declared = { readonly place: Place; readonly owner: MetadataFile } & (
  | { readonly what: "typedef"; readonly source: TypedefSource }
  | { readonly what: "struct"; readonly source: StructSource }
  | { readonly what: "enum" }
  | { readonly what: "callback"; readonly source: CallbackSource }
  | { readonly what: "function"; readonly source: FunctionSource }
  | { readonly what: "constant" }
);

/** All names of all headers. C has one namespace for them, and so does the generated surface. */
export class Scope {
  readonly #names = new Map<string, Declared>();
  readonly #tags = new Map<string, string>();
  readonly #problems: Problems;
  /** The metadata files of headers whose `long` has the platform's width. */
  readonly #platformLongs = new Set<string>();

  constructor(files: readonly MetadataFile[], problems: Problems) {
    this.#problems = problems;
    for (const owner of files) this.#declareFile(owner);
  }

  get(name: string): Declared | undefined {
    return this.#names.get(this.#tags.get(name) ?? name);
  }

  function(name: string): FunctionSource | undefined {
    const found = this.#names.get(name);
    return found?.what === "function" ? found.source : undefined;
  }

  #declareFile(owner: MetadataFile): void {
    const { content, file } = owner;
    if (content.long === "platform") this.#platformLongs.add(file);
    const declare = (name: string, rest: object): void =>
      this.#declare(name, { place: { file, entity: name }, owner, ...rest } as Declared);
    for (const [name, source] of Object.entries(content.typedefs)) declare(name, { what: "typedef", source });
    for (const [name, source] of Object.entries(content.structs)) {
      declare(name, { what: "struct", source });
      if (source.tag !== undefined) this.#tags.set(source.tag, name);
    }
    for (const [name, { members, tag }] of Object.entries(content.enums)) {
      declare(name, { what: "enum" });
      if (tag !== undefined) this.#tags.set(tag, name);
      for (const member of Object.keys(members)) declare(member, { what: "constant" });
    }
    for (const [name, source] of Object.entries(content.callbacks)) declare(name, { what: "callback", source });
    for (const [name, source] of Object.entries(content.functions)) declare(name, { what: "function", source });
    for (const name of [content.constants, ...Object.values(content.statuses ?? {})].flatMap(Object.keys))
      declare(name, { what: "constant" });
  }

  #declare(name: string, declared: Declared): void {
    const before = this.#names.get(name);
    if (before !== undefined || builtin.has(name)) {
      const where = before === undefined ? "C" : before.place.file;
      this.#problems.add(declared.place, `a name that is declared once, but ${where} declares it too`);
    } else this.#names.set(name, declared);
  }

  /** Follows typedefs to the end; returns undefined and reports a problem if a name is unknown. */
  resolve(type: string, place: Place): Resolved | undefined {
    return this.#resolve(type, place, []);
  }

  #resolve(type: string, place: Place, through: readonly string[]): Resolved | undefined {
    const { base, pointers } = parseSpelling(type);
    const own = this.#platformLongs.has(place.file) ? platformLong.get(base) : undefined;
    const found = own ?? builtin.get(base) ?? this.#named(base, place, through);
    return found === undefined ? undefined : pointerTo(found, pointers);
  }

  #named(base: string, place: Place, through: readonly string[]): Resolved | undefined {
    const name = this.#tags.get(base) ?? base;
    const found = this.#names.get(name);
    if (found === undefined || found.what === "function" || found.what === "constant") {
      this.#problems.add(place, `a declared type, got "${base}"`);
      return undefined;
    }
    if (found.what === "callback") {
      const resolved: Resolved = { kind: "callback", name };
      return found.source.form === "function" ? resolved : pointerTo(resolved, 1);
    }
    if (found.what !== "typedef") return { kind: found.what, name };
    if (through.includes(name)) {
      this.#problems.add(at(found.place, "type"), `a typedef that ends, got ${[...through, name].join(" → ")}`);
      return undefined;
    }
    return this.#typedef(found.source, found.place, [...through, name]);
  }

  #typedef(source: TypedefSource, place: Place, through: readonly string[]): Resolved | undefined {
    if (typeof source === "string") return this.#resolve(source, place, through);
    if ("scalar" in source) {
      return { kind: "scalar", scalar: source.scalar, ...(source.text === undefined ? {} : { text: source.text }) };
    }
    const resolved = this.#resolve(source.type, at(place, "type"), through);
    return source.time && resolved?.kind === "scalar" ? { ...resolved, time: true } : resolved;
  }

  /** Returns typedefs that rename a callback, or a pointer to one, with the callback's own name. */
  callbackAliases(): ReadonlyMap<string, string> {
    const aliases = new Map<string, string>();
    for (const [name, declared] of this.#names) {
      const resolved = declared.what === "typedef" ? this.resolve(name, declared.place) : undefined;
      const aimed = resolved?.kind === "pointer" ? resolved.to : resolved;
      if (aimed?.kind === "callback") aliases.set(name, aimed.name);
    }
    return aliases;
  }

  /** Follows every typedef once, to find a wrong one even if nothing uses it yet. */
  checkTypedefs(): void {
    for (const [name, declared] of this.#names) if (declared.what === "typedef") this.resolve(name, declared.place);
  }
}
