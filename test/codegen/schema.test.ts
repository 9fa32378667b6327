import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ownMetadata } from "../../codegen/metadata-folder.ts";
import { jsonSchema } from "../../codegen/schema.ts";

it("metadata/schema.json, which editors use to complete metadata, matches what the generator takes (npm run generate)", () => {
  const committed = fs.readFileSync(path.join(ownMetadata, "schema.json"), "utf8");
  expect(JSON.parse(committed)).toEqual(JSON.parse(jsonSchema()));
});

it("every metadata file that has a schema names that one", () => {
  const files = fs.readdirSync(ownMetadata).filter((name) => name.endsWith(".json") && name !== "schema.json");
  const named = files.map((name) => JSON.parse(fs.readFileSync(path.join(ownMetadata, name), "utf8")).$schema);
  expect(new Set(named)).toEqual(new Set(["./schema.json"]));
});
