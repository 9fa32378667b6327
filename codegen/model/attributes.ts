import type { MetadataFile } from "../parse.ts";
import { at, type Problems } from "../problem.ts";
import type { Attribute, Constant, Header, Struct } from "./types.ts";

export function buildAttributes(
  { content, file }: MetadataFile,
  structs: ReadonlyMap<string, Struct>,
  constants: ReadonlyMap<string, Constant>,
  problems: Problems,
): Pick<Header, "contextAttributes" | "credentialAttributes"> {
  const build = (sources: Record<string, { constant: string; struct: string; summary: string }>): Attribute[] =>
    Object.entries(sources).flatMap(([name, source]) => {
      const place = { file, entity: name };
      const constant = constants.get(source.constant);
      const struct = structs.get(source.struct);
      if (typeof constant?.value !== "bigint")
        problems.add(at(place, "constant"), `a declared integer constant, got "${source.constant}"`);
      if (struct === undefined) problems.add(at(place, "struct"), `a declared struct, got "${source.struct}"`);
      return constant && struct ? [{ name, constant, struct, summary: source.summary }] : [];
    });
  return {
    contextAttributes: build(content.attributes?.context ?? {}),
    credentialAttributes: build(content.attributes?.credentials ?? {}),
  };
}
