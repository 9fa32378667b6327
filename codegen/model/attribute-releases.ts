import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { Attribute, Field, Header, Provider, Resolved, Struct } from "./types.ts";

/** Checks that the provider that answers a query can release each pointer in the struct that it filled. */
export function checkAttributeReleases(
  files: readonly MetadataFile[],
  headers: readonly Header[],
  provider: Provider | undefined,
  problems: Problems,
): void {
  const releases = new AttributeReleases(headers, provider, problems);
  const fileOf = new Map(files.map(({ stem, file }) => [stem, file]));
  for (const { stem, contextAttributes, credentialAttributes } of headers)
    for (const attribute of [...contextAttributes, ...credentialAttributes])
      releases.check(attribute, fileOf.get(stem) ?? stem);
}

class AttributeReleases {
  readonly #structs: ReadonlyMap<string, Struct>;
  readonly #releases: ReadonlySet<string>;
  readonly #problems: Problems;

  constructor(headers: readonly Header[], provider: Provider | undefined, problems: Problems) {
    const functions = (provider?.slots ?? []).map((slot) => slot.function);
    this.#structs = new Map(headers.flatMap(({ structs }) => structs.map((struct) => [struct.name, struct])));
    this.#releases = new Set(functions.filter(({ release }) => release).map(({ name }) => name));
    this.#problems = problems;
  }

  check({ name, struct, pointer }: Attribute, file: string): void {
    const place = { file, entity: name };
    if (pointer !== undefined) {
      this.#checkFunction(pointer.releasedBy, at(place, "releasedBy"));
      this.#checkInside(struct, place);
      return;
    }
    for (const field of struct.fields) {
      this.#checkFunction(field.releasedBy, at(place, field.name, "releasedBy"));
      this.#checkInside(this.#structOf(field.type), at(place, field.name));
    }
  }

  #checkFunction(releasedBy: string | undefined, place: Place): void {
    if (releasedBy === undefined || this.#releases.has(releasedBy)) return;
    const expected = "a release function of the provider: a member of its table, or one that `provider.also` lists";
    this.#problems.add(place, `${expected}; got "${releasedBy}"`);
  }

  #checkInside(struct: Struct | undefined, place: Place, seen: readonly Struct[] = []): void {
    if (struct === undefined || seen.includes(struct)) return;
    for (const { name, type, releasedBy } of struct.fields) {
      if (releasedBy !== undefined)
        this.#problems.add(
          at(place, name, "releasedBy"),
          "nothing to release inside what a query's own pointers release",
        );
      this.#checkInside(this.#structOf(type), at(place, name), [...seen, struct]);
    }
  }

  #structOf(type: Field["type"]): Struct | undefined {
    const target: Resolved = type.kind === "pointer" ? type.to : type;
    return target.kind === "struct" ? this.#structs.get(target.name) : undefined;
  }
}
