import { join } from "node:path";
import { Project, type SourceFile } from "ts-morph";
import { root } from "./source-files.ts";

let parsed: Project | undefined;

/** The sources as TypeScript reads them, parsed once for all tests of a process. */
export function sourceProject(): Project {
  if (parsed) return parsed;
  parsed = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
  parsed.addSourceFilesAtPaths(join(root, "src/**/*.ts"));
  parsed.resolveSourceFileDependencies();
  return parsed;
}

/** A file of them, by its path from the project's root. */
export function parsedSource(file: string): SourceFile {
  return sourceProject().getSourceFileOrThrow(join(root, file));
}
