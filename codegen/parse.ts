import { ts } from "ts-morph";
import type { z } from "zod";
import type { Place, Problems } from "./problem.ts";
import { type Metadata, metadataSchema } from "./schema.ts";

/** One metadata file as read: `stem` names the folder of what is generated from it. */
export interface MetadataFile {
  readonly file: string;
  readonly stem: string;
  readonly content: Metadata;
}

/** The name becomes a folder, and stands in the code that imports from there. */
const stemOf = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.json$/;

export function parseMetadata(file: string, text: string, problems: Problems): MetadataFile | undefined {
  const stem = stemOf.exec(file)?.[1];
  if (stem === undefined) problems.add({ file }, "a file name of lower-case words, digits and hyphens");
  const json = parseJson(file, text, problems);
  if (stem === undefined || json === undefined) return undefined;
  const parsed = metadataSchema.safeParse(json);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.add(placeOf(file, issue.path, json), expectation(issue));
    return undefined;
  }
  return { file, stem, content: parsed.data };
}

function parseJson(file: string, text: string, problems: Problems): unknown {
  const source = ts.parseJsonText(file, text);
  reportKeys(source, source, { file }, problems);
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.add({ file }, `valid JSON: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** JSON.parse keeps the last of two equal keys and says nothing. */
function reportKeys(node: ts.Node, source: ts.SourceFile, place: Place, problems: Problems): void {
  if (ts.isObjectLiteralExpression(node)) {
    const seen = new Set<string>();
    for (const property of node.properties) {
      const key = property.name && ts.isStringLiteral(property.name) ? property.name.text : undefined;
      if (key === undefined) continue;
      const line = source.getLineAndCharacterOfPosition(property.getStart(source)).line + 1;
      if (seen.has(key)) problems.add({ ...place, entity: key }, `one declaration, got a second on line ${line}`);
      // zod passes over it without a word.
      if (key === "__proto__") problems.add({ ...place, entity: key }, "a name that TypeScript can declare");
      seen.add(key);
    }
  }
  node.forEachChild((child) => reportKeys(child, source, place, problems));
}

/** `structs.SecBuffer.fields.1.type` → entity `SecBuffer`, field `fields.cbBuffer.type`. */
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

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `no key ${issue.keys.map((key) => `"${key}"`).join(", ")}`;
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
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
