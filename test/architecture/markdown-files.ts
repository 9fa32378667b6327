import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./source-files.ts";

const notOurs = new Set(["node_modules", "coverage", "dist"]);

/** The Markdown files of the project, with forward slashes, from its root. */
export function markdownFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !notOurs.has(name) && (!name.startsWith(".") || name === ".github"))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return markdownFiles(path);
      return entry.name.endsWith(".md") ? [relative(root, path).replaceAll("\\", "/")] : [];
    })
    .sort();
}
