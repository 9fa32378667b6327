import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { metadataSchema } from "../../codegen/schema.ts";
import { contextAttributes, credentialAttributes } from "../../generated/attributes.ts";

const folder = path.join(import.meta.dirname, "../../metadata");
const files = fs
  .readdirSync(folder)
  .filter((name) => name !== "schema.json")
  .map((name) => metadataSchema.parse(JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"))))
  .filter(({ header }) => !header.startsWith("winpr/"));

const numbers = files
  .flatMap(({ constants }) => Object.keys(constants))
  .filter((name) => /^SECPKG_(CRED_)?ATTR_/.test(name));
const answered = [...Object.values(contextAttributes), ...Object.values(credentialAttributes)].map(
  ({ constant }) => constant,
);
const unasked = files.flatMap(({ attributes }) => Object.keys(attributes?.unasked ?? {}));

describe("every attribute number of the headers", () => {
  it("is in the metadata", () => {
    expect(numbers.length).toBeGreaterThan(80);
  });

  it("either can be queried by name or is listed with the reason why not", () => {
    expect([...answered, ...unasked].sort()).toEqual([...new Set(numbers)].sort());
  });
});
