import { emitAllAttributes, emitAttributes } from "./emit/attributes.ts";
import { emitConstants } from "./emit/constants.ts";
import type { Artefact, GeneratedFile, Inside, Outside, Surroundings } from "./emit/file.ts";
import { emitCallbacks, emitCalls, emitFunctions } from "./emit/functions.ts";
import { emitProvider } from "./emit/provider.ts";
import { emitRaw } from "./emit/raw.ts";
import { emitReleaseFunctions } from "./emit/release-functions.ts";
import { emitStatus } from "./emit/status.ts";
import { emitStructs } from "./emit/structs.ts";
import { emitSurface } from "./emit/surface.ts";
import type { Header, Model } from "./model/types.ts";
import { type MetadataTexts, readModel } from "./read-model.ts";

export type Generated =
  | { readonly artefacts: readonly Artefact[] }
  /** One line per mistake; nothing was generated. */
  | { readonly mistakes: readonly string[] };

/** Generates all files from metadata files, given by name. Pure. */
export function generate(metadata: MetadataTexts, surroundings: Inside): Generated {
  const read = readModel(metadata);
  if ("mistakes" in read) return read;
  const { model } = read;
  const perHeader = model.headers.map((header) => ({
    header,
    files: [
      ...emitDeclarations(header, model, surroundings),
      ...(header.internal ? [] : emitCalls(header, surroundings)),
    ],
  }));
  const files = (parts: typeof perHeader) => parts.flatMap((part) => part.files);
  const shared = [
    ...emitAllAttributes(model, surroundings),
    ...emitProvider(model, surroundings),
    ...emitReleaseFunctions(model, surroundings),
    ...emitStatus(model, surroundings),
    ...emitRaw(files(perHeader.filter(({ header }) => !header.internal)), surroundings),
  ];
  const artefacts = [...files(perHeader), ...shared].map((file) => file.render());
  return { artefacts: [...artefacts, emitSurface(model, surroundings)] };
}

/** Generates the declarations of another program's metadata files, on top of the library's own. Pure. */
export function generateOutside(
  metadata: MetadataTexts,
  library: MetadataTexts,
  place: Pick<Outside, "module" | "extension">,
): Generated {
  const read = readModel(metadata, library);
  if ("mistakes" in read) return read;
  const { provider: _, ...model } = read.model;
  const headers = model.headers.filter(({ library }) => !library);
  const surroundings = { ...place, stems: new Set(headers.map(({ stem }) => stem)) };
  const files = headers.flatMap((header) => emitDeclarations(header, model, surroundings));
  const surface = emitSurface({ ...model, headers }, surroundings);
  return { artefacts: [...files.map((file) => file.render()), surface] };
}

function emitDeclarations(header: Header, model: Model, surroundings: Surroundings): GeneratedFile[] {
  return [
    ...emitConstants(header, surroundings),
    ...emitStructs(header, model, surroundings),
    ...emitCallbacks(header, model, surroundings),
    ...emitFunctions(header, model, surroundings),
    ...emitAttributes(header, model, surroundings),
  ];
}
