import type { MetadataFile } from "../parse.ts";
import { at, type Problems } from "../problem.ts";
import type { Metadata } from "../schema.ts";

/**
 * Adds the ANSI half of every W/A pair. The headers declare both halves; the metadata has only the wide one, whose
 * `ansi` names the other: the same entity, with each type replaced by its own ANSI half.
 */
export function withAnsi(files: readonly MetadataFile[], problems: Problems): MetadataFile[] {
  const pairs = new Map<string, string>();
  const declared = new Set<string>();
  for (const { content } of files) {
    for (const kind of kinds) {
      for (const [name, source] of Object.entries(content[kind])) {
        declared.add(name);
        const ansi = typeof source === "object" && "ansi" in source ? source.ansi : undefined;
        if (ansi !== undefined) pairs.set(name, ansi);
      }
    }
  }
  for (const { file, content } of files) reportMissing(file, content, declared, problems);
  return files.map((file) => ({ ...file, content: derive(file.content, pairs, declared) }));
}

const kinds = ["typedefs", "structs", "callbacks", "functions"] as const;

/** Reports missing ANSI halves of scalars: they cannot be derived, because a scalar has no spelling. */
function reportMissing(file: string, content: Metadata, declared: ReadonlySet<string>, problems: Problems): void {
  for (const [name, source] of Object.entries(content.typedefs)) {
    if (typeof source === "string" || !("scalar" in source) || source.ansi === undefined) continue;
    if (!declared.has(source.ansi))
      problems.add(at({ file, entity: name }, "ansi"), `a declared type, got "${source.ansi}"`);
  }
}

function derive(content: Metadata, pairs: ReadonlyMap<string, string>, declared: ReadonlySet<string>): Metadata {
  const derived: Metadata = { ...content };
  for (const kind of kinds) {
    const entities = Object.entries(content[kind] as Record<string, object | string>);
    const both = entities.flatMap(([name, source]): [string, object | string][] => {
      const ansi = pairs.get(name);
      if (ansi === undefined || declared.has(ansi)) return [[name, source]];
      const { ansi: _, ...wide } = source as { ansi?: string };
      return [
        [name, source],
        [ansi, narrowed(wide, pairs) as object],
      ];
    });
    Object.assign(derived, { [kind]: Object.fromEntries(both) });
  }
  return derived;
}

/**
 * Returns a copy in which every type, and every mention of one, is the ANSI half; `ansi` beside a type gives the half
 * of a type that has no paired name.
 */
function narrowed(source: unknown, pairs: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(source)) return source.map((item) => narrowed(item, pairs));
  if (typeof source !== "object" || source === null) return source;
  const { ansi, tag: _, ...rest } = source as Record<string, unknown>;
  const copy = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => {
      if (typeof value !== "string") return [key, narrowed(value, pairs)];
      return [key, typed.has(key) ? value.replace(/\w+/g, (word) => pairs.get(word) ?? word) : value];
    }),
  );
  return "direction" in copy || "type" in copy ? (typeof ansi === "string" ? { ...copy, type: ansi } : copy) : copy;
}

const typed = new Set(["type", "returns", "like", "summary", "result", "why"]);
