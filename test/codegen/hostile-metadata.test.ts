import { Project, SyntaxKind } from "ts-morph";
import { describe, expect, it } from "vitest";
import { Scratch, withoutPosition } from "./scratch.ts";

/** Ends every kind of comment and text in generated files, and contains a name that no generated file has. */
const hostile = `*/ hostile(); /* ' " \` \\ \n hostile();\r\n\u2028hostile();\u0000 // @ts-nocheck`;

const parameter = (name: string, type: string, more: object = {}) => ({
  ...{ name, type, direction: "in", summary: hostile, why: hostile },
  ...more,
});
const signature = { summary: hostile, convention: "stdcall", returns: "long", result: hostile, page: hostile };

const content = {
  header: "a.h",
  docs: "https://example.com/",
  constants: {
    ONE: { value: "1", summary: hostile },
    A_ONE: "1",
    A_TEXT: { string: hostile, summary: hostile },
    A_GUID: { guid: "28bfc32f-10f6-4738-98d1-1ac061df716a", summary: hostile },
  },
  flagGroups: { A: { summary: hostile, omit: ["A_TEXT", "A_GUID"] } },
  enums: { KIND: { summary: hostile, page: hostile, members: { KindA: "1" } } },
  structs: {
    S: {
      summary: hostile,
      page: hostile,
      fields: [
        { name: "Flags", type: "long", flags: "A", summary: hostile },
        { name: "Memory", type: "void *", releasedBy: "Free", sizedBy: "Flags", summary: hostile },
      ],
    },
    TABLE: {
      summary: hostile,
      page: hostile,
      table: { versions: ["ONE"] },
      provider: { also: ["Free"] },
      fields: [{ name: "Call", type: "CALL", summary: hostile }],
    },
  },
  callbacks: { CALL: { like: "Call", page: hostile }, C: { ...signature, parameters: [parameter("Value", "long")] } },
  functions: {
    Call: {
      ...{ ...signature, libraries: ["a.dll"], mayBlock: true },
      parameters: [parameter("Memory", "void **", { direction: "out", releasedBy: "Free" })],
    },
    Free: {
      ...{ ...signature, libraries: ["a.dll"], release: { counts: "buffers" } },
      parameters: [parameter("Memory", "void *")],
    },
  },
  attributes: { context: { a: { constant: "ONE", struct: "S", summary: hostile } }, unasked: { A_ONE: hostile } },
  leftOut: [{ reason: hostile, names: ["Other"] }],
  statuses: {
    sspi: { SEC_E_OK: { value: "0", text: hostile } },
    nt: { STATUS_OK: { value: "0", text: hostile } },
  },
};

describe("texts of the metadata", () => {
  it("G3 texts of the metadata stay texts in every generated file, whatever they hold", () => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", JSON.stringify(content));
    expect(scratch.run()).toEqual({ code: 0, lines: [] });
    const files = [...scratch.files()].filter(([name]) => name.endsWith(".ts"));
    expect(files.map(([name]) => name)).toEqual(
      expect.arrayContaining(["a/raw.ts", "release-functions.ts", "status.ts"]),
    );
    const project = new Project({ useInMemoryFileSystem: true });
    const code = files.flatMap(([name, text]) => {
      const source = project.createSourceFile(name, text);
      return source.getDescendantsOfKind(SyntaxKind.Identifier).filter((one) => one.getText() === "hostile");
    });
    expect(code.map((one) => `${one.getSourceFile().getBaseName()}:${one.getStartLineNumber()}`)).toEqual([]);
    expect(files.filter(([, text]) => text.includes("hostile")).length).toBeGreaterThan(5);
  });

  it("stay on one line each in surface.txt", () => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", JSON.stringify(content));
    scratch.run();
    const lines = scratch.files().get("surface.txt")?.split("\n") ?? [];
    expect(lines.filter((line) => /^\s*hostile/.test(line))).toEqual([]);
  });
});

describe("a name that generated code could not hold stops generation", () => {
  const fields = [{ name: "F", type: "long" }];
  const call = { summary: "A.", libraries: ["a.dll"], convention: "stdcall", returns: "long", parameters: [] };
  const mistakes: readonly [what: string, content: object, says: string][] = [
    ["a constant", { constants: { default: "1" } }, "a.json: default: expected a key that is a name that TypeScript"],
    [
      "a function",
      JSON.parse(`{ "functions": { "__proto__": ${JSON.stringify(call)} } }`),
      "a.json: __proto__: expected a name that TypeScript can declare",
    ],
    [
      "a field",
      { structs: { S: { summary: "A.", fields: [{ name: "__proto__", type: "long" }] } } },
      "a.json: S: fields.__proto__.name: expected a name that TypeScript can declare",
    ],
    [
      "a parameter",
      { functions: { F: { ...call, parameters: [{ name: "new", type: "long", direction: "in" }] } } },
      "a.json: F: parameters.new.name: expected a name that TypeScript can declare",
    ],
    [
      "a library",
      { functions: { F: { ...call, libraries: ['a.dll"); hostile(("'] } } },
      "a.json: F: libraries.0: expected the file name of a library",
    ],
    [
      "the header of a struct",
      { structs: { S: { summary: "A.", header: 'a.h>\n#error "hostile"', fields } } },
      "a.json: S: header: expected the path of a header, as a program includes it",
    ],
    [
      "what sizes a field",
      { structs: { S: { summary: "A.", fields: [{ name: "P", type: "void *", sizedBy: '"); hostile(("' }] } } },
      "a.json: S: fields.P.sizedBy: expected a field of S",
    ],
  ];

  it.each(mistakes)("%s", (_what, declared, says) => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", JSON.stringify({ header: "a.h", ...declared }));
    const { code, lines } = scratch.run();
    expect({ code, lines: lines.map((line) => withoutPosition(line).slice(0, says.length)) }).toEqual({
      code: 1,
      lines: [says],
    });
  });

  it.each(["A.json", "a b.json", 'a";hostile();".json', "a\nhostile();.json", "-.json"])("the file %j", (name) => {
    using scratch = new Scratch();
    scratch.write(`metadata/${name}`, JSON.stringify({ header: "a.h", constants: { A: "1" } }));
    const says = `${name}: expected a file name of lower-case words, digits and hyphens`;
    expect(scratch.run()).toEqual({ code: 1, lines: [says] });
  });
});
