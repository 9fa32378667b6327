import { buildModel } from "./model/model.ts";
import type { Model } from "./model/types.ts";
import { checkOutside } from "./outside.ts";
import { type MetadataFile, parseMetadata } from "./parse.ts";
import { Problems } from "./problem.ts";

/** The texts of metadata files, by file name. */
export type MetadataTexts = ReadonlyMap<string, string>;

export type ReadModel =
  | { readonly model: Model }
  /** One line per mistake. */
  | { readonly mistakes: readonly string[] };

/** Reads the model of metadata files, on top of those of a `library`. Pure. */
export function readModel(metadata: MetadataTexts, library?: MetadataTexts): ReadModel {
  const problems = new Problems(metadata);
  const own = parsed(metadata, problems);
  if (problems.any) return { mistakes: problems.lines() };
  const below = library === undefined ? [] : parsed(library, problems, true).map(ofLibrary);
  // The library's internal names cannot be imported from it.
  const files = [...below.filter(({ content }) => !content.internal), ...own];
  if (library !== undefined) checkOutside(own, below, problems);
  const model = problems.any ? undefined : buildModel(files, problems);
  return model === undefined || problems.any ? { mistakes: problems.lines() } : { model };
}

function parsed(metadata: MetadataTexts, problems: Problems, library?: true): MetadataFile[] {
  const names = [...metadata.keys()].sort();
  return names.flatMap((name) => parseMetadata(name, metadata.get(name) ?? "", problems, library) ?? []);
}

function ofLibrary(file: MetadataFile): MetadataFile {
  return { ...file, file: `sspi-ffi's ${file.file}` };
}
