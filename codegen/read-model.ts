import { buildModel } from "./model/model.ts";
import type { Model } from "./model/types.ts";
import { type MetadataFile, parseMetadata } from "./parse.ts";
import { Problems } from "./problem.ts";

/** Text of metadata files, by name. */
export type MetadataTexts = ReadonlyMap<string, string>;

export type ReadModel =
  | { readonly model: Model }
  /** One line per mistake. */
  | { readonly mistakes: readonly string[] };

/** Metadata files to what they declare. Pure. */
export function readModel(metadata: MetadataTexts): ReadModel {
  const problems = new Problems();
  const names = [...metadata.keys()].sort();
  const files = names.map((name) => parseMetadata(name, metadata.get(name) ?? "", problems));
  if (problems.any) return { mistakes: problems.lines() };
  const model = buildModel(
    files.filter((file): file is MetadataFile => file !== undefined),
    problems,
  );
  return problems.any ? { mistakes: problems.lines() } : { model };
}
