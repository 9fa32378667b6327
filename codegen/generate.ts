import { emitAllAttributes, emitAttributes } from "./emit/attributes.ts";
import { emitConstants } from "./emit/constants.ts";
import type { Artefact, Surroundings } from "./emit/file.ts";
import { emitCallbacks, emitFunctions, emitRaw } from "./emit/functions.ts";
import { emitOwners } from "./emit/owners.ts";
import { emitProvider } from "./emit/provider.ts";
import { emitStatus } from "./emit/status.ts";
import { emitStructs } from "./emit/structs.ts";
import { emitSurface } from "./emit/surface.ts";
import { buildModel } from "./model/model.ts";
import { type MetadataFile, parseMetadata } from "./parse.ts";
import { Problems } from "./problem.ts";

export type Generated =
  | { readonly artefacts: readonly Artefact[] }
  /** One line per mistake; nothing was made. */
  | { readonly mistakes: readonly string[] };

/** Metadata files, by name, to everything generated from them. Pure. */
export function generate(metadata: ReadonlyMap<string, string>, surroundings: Surroundings): Generated {
  const problems = new Problems();
  const names = [...metadata.keys()].sort();
  const files = names.map((name) => parseMetadata(name, metadata.get(name) ?? "", problems));
  if (problems.any) return { mistakes: problems.lines() };
  const model = buildModel(
    files.filter((file): file is MetadataFile => file !== undefined),
    problems,
  );
  if (problems.any) return { mistakes: problems.lines() };
  const perHeader = model.headers.flatMap((header) => [
    ...emitConstants(header),
    ...emitStructs(header, model),
    ...emitCallbacks(header, model),
    ...emitFunctions(header, model),
    ...emitAttributes(header, model),
  ]);
  const shared = [
    ...emitAllAttributes(model),
    ...emitProvider(model),
    ...emitOwners(model),
    ...emitStatus(model),
    ...emitRaw(model),
  ];
  const artefacts = [...perHeader, ...shared].map((file) => file.render(surroundings));
  return { artefacts: [...artefacts, emitSurface(model)] };
}
