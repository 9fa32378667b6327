import path from "node:path/posix";
import { GeneratedFile, type Surroundings } from "./file.ts";

/** Returns `sspi/structs.ts`, or `sspi/structs-names.ts` for entities that the metadata puts in the group `names`. */
export function groupPath(base: string, group: string | undefined): string {
  return group === undefined ? `${base}.ts` : `${base}-${group}.ts`;
}

/** Emits one file per group, so that no file gets too long to read; the file without a group exports the others too. */
export function emitGroups<T extends { readonly group?: string }>(
  base: string,
  sources: readonly string[],
  entities: readonly T[],
  emit: (file: GeneratedFile, entity: T) => void,
  surroundings: Surroundings,
): GeneratedFile[] {
  if (entities.length === 0) return [];
  const main = new GeneratedFile(groupPath(base, undefined), sources, surroundings);
  const files = new Map<string | undefined, GeneratedFile>([[undefined, main]]);
  for (const entity of entities) {
    const file = files.get(entity.group) ?? new GeneratedFile(groupPath(base, entity.group), sources, surroundings);
    files.set(entity.group, file);
    emit(file, entity);
  }
  const groups = [...files.keys()].filter((group) => group !== undefined);
  const extension = "module" in surroundings ? surroundings.extension : ".ts";
  const file = (group: string): string => groupPath(path.basename(base), group).replace(/\.ts$/, extension);
  const reexports = groups.sort().map((group) => `export * from "./${file(group)}";`);
  main.statements.unshift(...reexports);
  return [...files.values()];
}
