import { describe, expect, it } from "vitest";
import { Scratch } from "./scratch.ts";

const headers: Readonly<Record<string, { readonly part: string; readonly content: object }>> = {
  "an enumeration": { part: "constants", content: { enums: { KIND: { summary: "which.", members: { KindA: "1" } } } } },
  "a constant": { part: "constants", content: { constants: { A: "1" } } },
  "a status": { part: "constants", content: { statuses: { sspi: { SEC_E_OK: { value: "0", text: "it worked" } } } } },
  "a struct": {
    part: "structs",
    content: { structs: { S: { summary: "A.", fields: [{ name: "F", type: "long" }] } } },
  },
  "a callback": {
    part: "callbacks",
    content: { callbacks: { C: { summary: "A.", convention: "stdcall", returns: "long", parameters: [] } } },
  },
  "a function": {
    part: "raw",
    content: {
      functions: { F: { summary: "A.", libraries: ["a.dll"], convention: "stdcall", returns: "long", parameters: [] } },
    },
  },
};

describe("the raw door", () => {
  it.each(Object.entries(headers))(
    "G4 the raw door has %s of a new header, the first of its kind there",
    (_what, { part, content }) => {
      using scratch = new Scratch();
      scratch.write("metadata/new-header.json", JSON.stringify({ header: "new-header.h", ...content }));
      expect(scratch.run()).toEqual({ code: 0, lines: [] });
      const files = scratch.files();
      const exports = files.get("raw.ts")?.match(/^export .*$/gm);
      expect(exports).toEqual([`export * from "./new-header/${part}.ts";`]);
      expect([...files.keys()]).toContain(`new-header/${part}.ts`);
    },
  );
});
