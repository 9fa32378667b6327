import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { decode, encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";
import type { BuildResult } from "esbuild";

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** Writes what esbuild built. */
export function writeOutput({ outputFiles = [] }: BuildResult): void {
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const mode = text.startsWith("#!") ? 0o755 : 0o644;
    writeFileSync(path, path.endsWith(".map") ? wholeSources(path, text) : namedClasses(text), { mode });
  }
}

/**
 * Gives a class that mentions itself its own name back, which esbuild makes `_Name`: `inspect` and stack traces show it.
 * A space takes the underscore's place, because the source map counts columns.
 */
function namedClasses(code: string): string {
  const names = [...code.matchAll(/\b(\w+)=class _\1\b/g)].map(([, name]) => name as string);
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`(?<![\\w$])_${name}(?![\\w$])`, "g"), `${name} `),
    code,
  );
}

/** Makes one source of each file in a map, whose declarations were compiled one by one, and gives it the file's text. */
function wholeSources(path: string, text: string): string {
  const map = JSON.parse(text) as SourceMap;
  const sources = [...new Set(map.sources)];
  const index = map.sources.map((source) => sources.indexOf(source));
  const mappings = decode(map.mappings).map((line) =>
    line.map((segment) => {
      if (segment.length === 1) return segment;
      const [column, source, ...rest] = segment;
      return [column, index[source], ...rest];
    }),
  );
  const sourcesContent = sources.map((source) =>
    source.startsWith("builtin:") ? "" : readFileSync(resolve(dirname(path), source), "utf8"),
  );
  return JSON.stringify({ ...map, sources, sourcesContent, mappings: encode(mappings as SourceMapMappings) });
}
