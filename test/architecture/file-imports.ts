import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ts } from "ts-morph";
import { root } from "./source-files.ts";

const known = new Map<string, readonly string[]>();

/** A specifier that a file of the repository imports or requires, as written there. */
export function importsOf(file: string): readonly string[] {
  const imports = known.get(file) ?? readImports(readFileSync(join(root, file), "utf8"));
  known.set(file, imports);
  return imports;
}

function readImports(text: string): string[] {
  const declared = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const required = [...text.matchAll(/(?:createRequire\([^)]*\)|\brequire)\("([^"]+)"\)/g)];
  return [...declared, ...required.map((match) => match[1] as string)];
}

/** A file's path from the root; `npm:` and `node:` stand in front of modules that are no file. */
export function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith(".")) return relative(root, join(root, dirname(file), specifier));
  return specifier.startsWith("node:") ? specifier : `npm:${specifier}`;
}
