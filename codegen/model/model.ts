import type { MetadataFile } from "../parse.ts";
import type { Problems } from "../problem.ts";
import { withAnsi } from "./ansi.ts";
import { checkAttributeReleases } from "./attribute-releases.ts";
import { AttributeBuilder } from "./attributes.ts";
import { buildConstants, buildEnums, buildFlagGroups, FlagUses } from "./constants.ts";
import { checkLeftOut } from "./left-out.ts";
import { buildProvider } from "./provider.ts";
import { checkReferences } from "./references.ts";
import { Scope } from "./scope.ts";
import { SignatureBuilder } from "./signatures.ts";
import { buildStatuses } from "./statuses.ts";
import { StructBuilder } from "./structs.ts";
import type { Constant, Header, Model } from "./types.ts";

/** Builds the model of all metadata, with names resolved and layouts computed; mistakes go to `problems`. */
export function buildModel(sources: readonly MetadataFile[], problems: Problems): Model {
  const files = withAnsi(sources, problems);
  const scope = new Scope(files, problems);
  scope.checkTypedefs();
  const constants = byName(files.flatMap(buildConstants));
  const structBuilder = new StructBuilder(scope, constants, problems);
  for (const file of files) structBuilder.draft(file);
  const structs = byName(structBuilder.finish());
  const signatures = new SignatureBuilder(scope, structs, problems);
  const partial = files.map((file) => ({
    file,
    enums: buildEnums(file),
    structs: [...structs.values()].filter(({ stem }) => stem === file.stem),
    callbacks: signatures.callbacks(file),
    functions: signatures.functions(file),
  }));
  const functions = byName(partial.flatMap((part) => part.functions));
  const callbacks = byName(partial.flatMap((part) => part.callbacks));
  const uses = flagUses(partial.flatMap((part) => [...part.structs, ...part.functions, ...part.callbacks]));
  const attributes = new AttributeBuilder(scope, structs, constants, problems);
  const headers = partial.map(
    ({ file, ...parts }): Header => ({
      ...headOf(file),
      ...parts,
      constants: buildConstants(file),
      flagGroups: buildFlagGroups(file, buildConstants(file), uses, problems),
      ...attributes.build(file),
      ...buildStatuses(file, problems),
    }),
  );
  checkLeftOut(files, problems);
  checkReferences(files, headers, functions, problems);
  const enums = byName(headers.flatMap((header) => header.enums));
  const provider = buildProvider(files, structs, callbacks, functions, problems);
  checkAttributeReleases(files, headers, provider, problems);
  const callbackAliases = scope.callbackAliases();
  const entities = { structs, callbacks, callbackAliases, functions, enums };
  return { headers, ...entities, ...(provider === undefined ? {} : { provider }) };
}

type Head = Pick<Header, "stem" | "header" | "internal" | "library">;

function headOf({ stem, library, content: { header, internal } }: MetadataFile): Head {
  return { stem, header, ...(internal ? { internal } : {}), ...(library ? { library } : {}) };
}

function byName<T extends { readonly name: string }>(entities: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entities.map((entity) => [entity.name, entity]));
}

type Flagged = { readonly name: string; readonly flags?: string };

function flagUses(
  entities: readonly { name: string; like?: string; fields?: readonly Flagged[]; parameters?: readonly Flagged[] }[],
): FlagUses {
  const uses = new FlagUses();
  for (const { name, like, fields = [], parameters = [] } of entities) {
    if (like !== undefined) continue;
    for (const part of [...fields, ...parameters]) uses.add(part.flags, `\`${part.name}\` of ${name}`);
  }
  return uses;
}

export type { Constant };
