import { emitAllAttributes, emitAttributes } from "./emit/attributes.ts";
import { emitConstants } from "./emit/constants.ts";
import type { Artefact, Surroundings } from "./emit/file.ts";
import { emitCallbacks, emitCalls, emitFunctions } from "./emit/functions.ts";
import { emitProvider } from "./emit/provider.ts";
import { emitRaw } from "./emit/raw.ts";
import { emitReleaseFunctions } from "./emit/release-functions.ts";
import { emitStatus } from "./emit/status.ts";
import { emitStructs } from "./emit/structs.ts";
import { emitSurface } from "./emit/surface.ts";
import { type MetadataTexts, readModel } from "./read-model.ts";

export type Generated =
  | { readonly artefacts: readonly Artefact[] }
  /** One line per mistake; nothing was made. */
  | { readonly mistakes: readonly string[] };

/** Metadata files, by name, to everything generated from them. Pure. */
export function generate(metadata: MetadataTexts, surroundings: Surroundings): Generated {
  const read = readModel(metadata);
  if ("mistakes" in read) return read;
  const { model } = read;
  const perHeader = model.headers.map((header) => ({
    header,
    files: [
      ...emitConstants(header),
      ...emitStructs(header, model),
      ...emitCallbacks(header, model),
      ...emitFunctions(header, model),
      ...(header.internal ? [] : emitCalls(header)),
      ...emitAttributes(header, model),
    ],
  }));
  const files = (parts: typeof perHeader) => parts.flatMap((part) => part.files);
  const shared = [
    ...emitAllAttributes(model),
    ...emitProvider(model),
    ...emitReleaseFunctions(model),
    ...emitStatus(model),
    ...emitRaw(files(perHeader.filter(({ header }) => !header.internal))),
  ];
  const artefacts = [...files(perHeader), ...shared].map((file) => file.render(surroundings));
  return { artefacts: [...artefacts, emitSurface(model)] };
}
