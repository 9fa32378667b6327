import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseFiles } from "./missing.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const folder = ".github/workflows";

/** Reads the project files that a release is checked by. */
export function releaseFiles(): ReleaseFiles {
  const workflows = readdirSync(join(root, folder)).map((name) => [`${folder}/${name}`, read(`${folder}/${name}`)]);
  return {
    manifest: JSON.parse(read("package.json")),
    changelog: read("CHANGELOG.md"),
    security: read("SECURITY.md"),
    workflows: Object.fromEntries(workflows),
  };
}
