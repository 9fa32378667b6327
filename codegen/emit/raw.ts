import { GeneratedFile, type Surroundings } from "./file.ts";

/** The files of a header that the raw door exports: calls, but not the declarations that the calls are made from. */
const part = /^([^/]+)\/(callbacks|constants|structs|raw)\.ts$/;

/** Emits all headers together: every function by its name, every struct, constant and callback. */
export function emitRaw(headers: readonly GeneratedFile[], surroundings: Surroundings): GeneratedFile[] {
  const parts = headers.flatMap(({ path }) => {
    const stem = part.exec(path)?.[1];
    return stem === undefined ? [] : [{ path, stem }];
  });
  if (parts.length === 0) return [];
  const stems = new Set(parts.map(({ stem }) => stem));
  const file = new GeneratedFile(
    "raw.ts",
    [...stems].map((stem) => `${stem}.json`),
    surroundings,
  );
  for (const { path } of parts) file.statements.push(`export * from "./${path}";`);
  return [file];
}
