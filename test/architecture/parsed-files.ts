import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "ts-morph";
import { root } from "./source-files.ts";

const known = new Map<string, ts.SourceFile>();

/** The syntax of a file of the repository, parsed once for all tests of a process. */
export function syntaxOf(file: string): ts.SourceFile {
  const parsed = known.get(file) ?? parsedText(readFileSync(join(root, file), "utf8"));
  known.set(file, parsed);
  return parsed;
}

/** The syntax of a text. */
export function parsedText(text: string): ts.SourceFile {
  return ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest);
}
