import fs from "node:fs";
import path from "node:path";

type Json = { [key: string]: Json } | Json[] | string | number | boolean;

function merged(into: Json | undefined, change: Json): Json {
  if (typeof change !== "object" || Array.isArray(change)) return change;
  if (typeof into !== "object" || Array.isArray(into)) return change;
  const result = { ...into };
  for (const [key, value] of Object.entries(change)) result[key] = merged(result[key], value);
  return result;
}

/**
 * Does what a person does who follows a recipe (`json FILE` of a page): adds the keys, replaces existing ones. Returns
 * the file.
 */
export function followRecipe(folder: string, kind: string, text: string): string {
  const file = path.join(folder, kind.slice("json ".length));
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
  fs.writeFileSync(file, JSON.stringify(merged(before, JSON.parse(text)), null, 2));
  return file;
}
