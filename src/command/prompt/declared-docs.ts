import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../package-manifest.ts";

/** The documentation of a name, and the file that declares it. */
export interface DeclaredDocs {
  readonly docs: string;
  readonly file: string;
}

const block = String.raw`/\*\*((?:[^*]|\*(?!/))*)\*/\s*`;
const declaration = new RegExp(
  `${block}export (?:declare )?(?:abstract )?(?:async )?(?:const|function|class|interface|type) (\\w+)`,
  "g",
);

let index: ReadonlyMap<string, DeclaredDocs> | undefined;

/** The docstring of an exported name in this package's own declarations, which are read on first use. */
export function docsOf(name: string): DeclaredDocs | undefined {
  index ??= readAll();
  return index.get(name);
}

/** The docstring of a public member of a class or an interface. */
export function docsOfMember(owner: string, member: string): string | undefined {
  const of = docsOf(owner);
  if (!of || !/^[\w$]+$/.test(member)) return undefined;
  const text = readFileSync(of.file, "utf8");
  const start = text.search(new RegExp(`(?:class|interface) ${owner}\\b`));
  const found = new RegExp(`${block}(?:(?:static|async|override|readonly|get|abstract) )*${member}\\??[(<:]`).exec(
    text.slice(Math.max(0, start)),
  );
  return found?.[1];
}

/** The headers' functions are declared twice: for native code, and for callers. These files contain the second kind. */
const called = /[\\/]raw[a-z-]*\.(?:d\.)?ts$/;

function readAll(): ReadonlyMap<string, DeclaredDocs> {
  const found = new Map<string, DeclaredDocs>();
  const files = declarationFiles();
  for (const file of [...files.filter((name) => called.test(name)), ...files])
    for (const [, docs = "", name = ""] of readFileSync(file, "utf8").matchAll(declaration))
      if (!found.has(name)) found.set(name, { docs, file });
  return found;
}

/** The sources in a clone, or the types in an installed package. */
function declarationFiles(): string[] {
  const folder = import.meta.url.endsWith(".ts") ? packageFolder() : join(packageFolder(), "dist", "types");
  return ["src", "generated"].flatMap((part) =>
    readdirSync(join(folder, part), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, part, name)),
  );
}
