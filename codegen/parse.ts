import { ts } from "ts-morph";
import type { z } from "zod";
import { brokenAt, parsedJson } from "./locate.ts";
import type { Place, Problems } from "./problem.ts";
import { type Metadata, metadataSchema } from "./schema.ts";

/** One parsed metadata file: `stem` names the folder of the files generated from it. */
export interface MetadataFile {
  readonly file: string;
  readonly stem: string;
  readonly content: Metadata;
  /** The file belongs to the library, under another program's metadata. */
  readonly library?: true;
}

/** The name becomes a folder, and appears in imports from that folder. */
const stemOf = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.json$/;

/**
 * Parses a metadata file. `library` marks a file of the library, which skips the JSON checks: the formatter or a test
 * has already checked it.
 */
export function parseMetadata(
  file: string,
  text: string,
  problems: Problems,
  library?: true,
): MetadataFile | undefined {
  const stem = stemOf.exec(file)?.[1];
  if (stem === undefined) problems.add({ file }, "a file name of lower-case words, digits and hyphens");
  const json: unknown = library ? JSON.parse(text) : parseJson(file, text, problems);
  if (stem === undefined || json === undefined) return undefined;
  const parsed = metadataSchema.safeParse(json);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const key = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
      problems.add(
        { ...placeOf(file, issue.path, json), ...(key === undefined ? {} : { key }) },
        expectation(issue, json),
      );
    }
    return undefined;
  }
  return { file, stem, content: parsed.data, ...(library ? { library } : {}) };
}

function parseJson(file: string, text: string, problems: Problems): unknown {
  const source = parsedJson(text);
  reportKeys(source, source, { file }, problems);
  try {
    return JSON.parse(text);
  } catch (error) {
    const complaint = error instanceof Error ? error.message : String(error);
    const offset = brokenAt(source, complaint);
    problems.add({ file, ...(offset === undefined ? {} : { offset }) }, `valid JSON: ${complaint}`);
    return undefined;
  }
}

/** Reports repeated keys: JSON.parse silently keeps the last one. */
function reportKeys(node: ts.Node, source: ts.SourceFile, place: Place, problems: Problems): void {
  if (ts.isObjectLiteralExpression(node)) {
    const seen = new Set<string>();
    for (const property of node.properties) {
      const key = property.name && ts.isStringLiteral(property.name) ? property.name.text : undefined;
      if (key === undefined) continue;
      const here = { ...place, entity: key, offset: property.getStart(source) };
      if (seen.has(key)) problems.add(here, "one declaration, got a second");
      // zod ignores this key silently.
      if (key === "__proto__") problems.add(here, "a name that TypeScript can declare");
      seen.add(key);
    }
  }
  node.forEachChild((child) => reportKeys(child, source, place, problems));
}

/** Converts `structs.SecBuffer.fields.1.type` to entity `SecBuffer`, field `fields.cbBuffer.type`. */
function placeOf(file: string, path: readonly PropertyKey[], json: unknown): Place {
  const deep = path[0] === "attributes" || path[0] === "statuses" ? 3 : 2;
  if (path.length < deep) return path.length === 0 ? { file } : { file, entity: path.join(".") };
  let value: unknown = json;
  const names = path.map((key) => {
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    const name = (value as { name?: unknown } | undefined)?.name;
    return typeof key === "number" && typeof name === "string" ? name : String(key);
  });
  const field = names.slice(deep).join(".");
  return { file, entity: names[deep - 1] ?? "", ...(field === "" ? {} : { field }) };
}

/** Returns the value at a path if it is short enough for a message. */
function gotAt(path: readonly PropertyKey[], json: unknown): string {
  const given = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], json);
  if (given === undefined) return "; it is missing";
  return typeof given === "object" ? "" : `; got ${JSON.stringify(given)}`;
}

function expectation(issue: z.core.$ZodIssue, json: unknown): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `no key ${issue.keys.map((key) => `"${key}"`).join(", ")}`;
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}${gotAt(issue.path, json)}`;
    case "invalid_type":
      return issue.input === undefined && issue.message.endsWith("undefined")
        ? `${issue.expected}, which is missing`
        : issue.message.replace("Invalid input: expected ", "").replace(", received ", ", got ");
    case "invalid_key":
      return `a key that is ${issue.issues[0]?.message ?? "an identifier"}`;
    default:
      return issue.message;
  }
}
