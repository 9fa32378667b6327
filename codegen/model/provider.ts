import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { Callback, Field, NativeFunction, Provider, Struct } from "./types.ts";

/**
 * Builds the provider's functions: the members of the function table marked `provider`, and the functions listed in
 * `also`.
 */
export function buildProvider(
  files: readonly MetadataFile[],
  structs: ReadonlyMap<string, Struct>,
  callbacks: ReadonlyMap<string, Callback>,
  functions: ReadonlyMap<string, NativeFunction>,
  problems: Problems,
): Provider | undefined {
  const marked = files.flatMap(({ file, content }) =>
    Object.entries(content.structs).flatMap(([name, { provider }]) => (provider ? [{ file, name, provider }] : [])),
  );
  const [first, ...others] = marked;
  for (const { file, name } of others)
    problems.add({ file, entity: name, field: "provider" }, `one provider table; ${first?.name} is marked already`);
  const table = first && structs.get(first.name);
  if (table === undefined || first === undefined) return undefined;
  const place: Place = { file: first.file, entity: first.name };
  const members = table.fields.flatMap((field) => {
    const name = likeOf(field, callbacks);
    const called = name === undefined ? undefined : functions.get(name);
    return called ? [{ function: called, member: field.name, ...sinceOf(table, field) }] : [];
  });
  const also = first.provider.also.flatMap((name) => {
    const called = functions.get(name);
    if (called === undefined) problems.add(at(place, "provider.also"), `a declared function, got "${name}"`);
    return called ? [{ function: called }] : [];
  });
  return { table, slots: [...members, ...also] };
}

function likeOf({ type }: Field, callbacks: ReadonlyMap<string, Callback>): string | undefined {
  return type.kind === "pointer" && type.to.kind === "callback" ? callbacks.get(type.to.name)?.like : undefined;
}

function sinceOf({ table }: Struct, { since }: Field): { readonly since?: number } {
  const version = since === undefined ? table?.ends[0] : table?.ends.find(({ constant }) => constant === since);
  return version === undefined ? {} : { since: version.version };
}
