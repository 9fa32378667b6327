import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The files that belong to the tests and tools, not to the tested library. */
const ours = /^(test|codegen|scripts)\/.*\.ts$/;

const known = new Map<string, readonly string[]>();

/** The imports of a file: files relative to the root, and modules by name. */
function importsOf(file: string): readonly string[] {
  const found = known.get(file);
  if (found) return found;
  const text = readFileSync(join(root, file), "utf8");
  const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => {
    const specifier = match[1] as string;
    return specifier.startsWith(".") ? join(dirname(file), specifier).replaceAll("\\", "/") : specifier;
  });
  known.set(file, imports);
  return imports;
}

/** Whether a test, or a test or tool file that it imports, imports something for which `wanted` returns true. */
export function reaches(test: string, wanted: (target: string, importer: string) => boolean): boolean {
  const seen = new Set([test]);
  for (const file of seen)
    for (const target of importsOf(file)) {
      if (wanted(target, file)) return true;
      if (ours.test(target) && existsSync(join(root, target))) seen.add(target);
    }
  return false;
}

/** The test files in folders of `test`, relative to the root. */
export function testsBelow(folders: readonly string[]): readonly string[] {
  return folders
    .map((folder) => `test/${folder}`)
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
    );
}
