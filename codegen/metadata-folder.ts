import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type MetadataTexts, type ReadModel, readModel } from "./read-model.ts";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const ownMetadata = path.join(root, "metadata");

export function readMetadata(folder: string): MetadataTexts {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "schema.json");
  return new Map(names.sort().map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
}

export function readModelOf(folder: string): ReadModel {
  const texts = readMetadata(folder);
  return texts.size === 0 ? { mistakes: [`${folder}: expected at least one metadata file`] } : readModel(texts);
}
