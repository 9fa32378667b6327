import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** One entry point of the package. */
export interface EntryPoint {
  /** The specifier that a program imports, such as `sspi-ffi/raw`. */
  readonly specifier: string;
  /** The source file in `src`, as a path from the project's root. */
  readonly source: string;
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const built = /^(?:\.\/)?dist\/(.+)\.js$/;

/** Returns the entry points that `exports` of package.json lists. */
export function entryPoints(): readonly EntryPoint[] {
  const { name, exports } = manifest;
  return Object.entries(exports).flatMap(([subpath, target]) => {
    // package.json itself is exported as a file, not as code.
    if (typeof target === "string") return [];
    const stem = built.exec(target.default)?.[1];
    const types = `./dist/types/src/${stem}.d.ts`;
    if (stem === undefined || target.types !== types)
      throw new Error(`package.json: exports["${subpath}"]: expected ./dist/NAME.js with types ${types}`);
    return [{ specifier: name + subpath.slice(1), source: `src/${stem}.ts` }];
  });
}

/** Returns the sources of the programs that `bin` of package.json lists. */
export function programs(): readonly string[] {
  return Object.entries(manifest.bin).map(([name, file]) => {
    const stem = built.exec(file)?.[1];
    if (stem === undefined) throw new Error(`package.json: bin["${name}"]: expected dist/FOLDER/NAME.js`);
    return `src/${stem}.ts`;
  });
}
