import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { AttributeSource } from "../schema.ts";
import type { Scope } from "./scope.ts";
import { defined } from "./structs.ts";
import type { Attribute, Constant, Header, Struct } from "./types.ts";

/** Builds the attributes that queries can ask for, per header. */
export class AttributeBuilder {
  readonly #scope: Scope;
  readonly #structs: ReadonlyMap<string, Struct>;
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #problems: Problems;
  readonly #names = new Set<string>();

  constructor(
    scope: Scope,
    structs: ReadonlyMap<string, Struct>,
    constants: ReadonlyMap<string, Constant>,
    problems: Problems,
  ) {
    this.#scope = scope;
    this.#structs = structs;
    this.#constants = constants;
    this.#problems = problems;
  }

  build({ content, file }: MetadataFile): Pick<Header, "contextAttributes" | "credentialAttributes"> {
    const { context = {}, credentials = {}, unasked = {} } = content.attributes ?? {};
    for (const constant of Object.keys(unasked)) this.#constant(constant, { file, entity: constant });
    const all = (of: string, sources: Record<string, AttributeSource>): Attribute[] =>
      Object.entries(sources).flatMap(([name, source]) => {
        const place = { file, entity: name };
        if (this.#names.has(`${of} ${name}`))
          this.#problems.add(place, `a name that no other attribute of a ${of} has`);
        this.#names.add(`${of} ${name}`);
        const built = this.#attribute(name, source, place);
        return built === undefined ? [] : [built];
      });
    return { contextAttributes: all("context", context), credentialAttributes: all("credential", credentials) };
  }

  #attribute(name: string, source: AttributeSource, place: Place): Attribute | undefined {
    const constant = this.#constant(source.constant, at(place, "constant"));
    const struct = source.type === undefined ? this.#filled(source, place) : this.#pointedTo(source, place);
    const preset = Object.entries(source.preset ?? {}).flatMap(([field, value]): [string, Constant][] => {
      if (struct && !hasField(struct, field))
        this.#problems.add(at(place, "preset"), `a field of ${struct.name}, got "${field}"`);
      const known = this.#constant(value, at(place, "preset", field));
      return known === undefined ? [] : [[field, known]];
    });
    if (constant === undefined || struct === undefined) return undefined;
    const { type, field, releasedBy, summary } = source;
    const pointer = type === undefined ? {} : { pointer: { spelled: type, ...defined({ field, releasedBy }) } };
    return { name, constant, struct, preset, summary, ...pointer };
  }

  #constant(name: string, place: Place): Constant | undefined {
    const constant = this.#constants.get(name);
    if (typeof constant?.value === "bigint") return constant;
    this.#problems.add(place, `a declared integer constant, got "${name}"`);
    return undefined;
  }

  #filled({ struct, field, releasedBy }: AttributeSource, place: Place): Struct | undefined {
    const found = struct === undefined ? undefined : this.#structs.get(struct);
    if (found === undefined) this.#problems.add(at(place, "struct"), `a declared struct, got "${struct}"`);
    if (field !== undefined || releasedBy !== undefined)
      this.#problems.add(place, "`field` and `releasedBy` only beside `type`: a struct's fields say their own");
    return found;
  }

  #pointedTo({ type = "", struct, field }: AttributeSource, place: Place): Struct | undefined {
    if (struct !== undefined) this.#problems.add(place, "either `struct` or `type`");
    const resolved = this.#scope.resolve(type, at(place, "type"));
    if (resolved === undefined) return undefined;
    const to = resolved.kind === "pointer" && resolved.to.kind === "struct" ? resolved.to.name : undefined;
    const found = to === undefined ? undefined : this.#structs.get(to);
    if (found === undefined) this.#problems.add(at(place, "type"), `a pointer to a struct, got "${type}"`);
    else if (field !== undefined && !hasField(found, field))
      this.#problems.add(at(place, "field"), `a field of ${found.name}, got "${field}"`);
    return found;
  }
}

function hasField({ fields }: Struct, name: string): boolean {
  return fields.some((field) => field.name === name);
}
