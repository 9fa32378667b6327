import { describe, expect, it } from "vitest";
import { Scratch, withoutPosition } from "./scratch.ts";

const free = {
  summary: "Frees.",
  libraries: ["a.dll"],
  convention: "stdcall",
  returns: "long",
  release: { counts: "buffers" },
  parameters: [{ name: "Memory", type: "void *", direction: "in" }],
};

function struct(...fields: object[]): object {
  return { summary: "A struct.", fields };
}

function fn(...parameters: object[]): object {
  return { summary: "A function.", libraries: ["a.dll"], convention: "stdcall", returns: "long", parameters };
}

function callback(...parameters: object[]): object {
  return { summary: "A callback.", form: "function", convention: "stdcall", returns: "long", parameters };
}

function attributes(context: object): object {
  return { constants: { A: "1" }, structs: { S: struct(value) }, attributes: { context } };
}

const value = { name: "Value", type: "long" };
const input = { name: "Value", type: "long", direction: "in" };

interface Mistake {
  readonly what: string;
  readonly content: object | string;
  readonly says: string;
}

const mistakes: readonly Mistake[] = [
  {
    what: "an unknown type of a field",
    content: { structs: { S: struct({ name: "F", type: "NOPE *" }) } },
    says: 'a.json: S: fields.F.type: expected a declared type, got "NOPE"',
  },
  {
    what: "an unknown type of a parameter",
    content: { functions: { F: fn({ ...input, type: "NOPE" }) } },
    says: 'a.json: F: parameters.Value.type: expected a declared type, got "NOPE"',
  },
  {
    what: "an unknown type of a typedef that nothing uses",
    content: { typedefs: { T: "NOPE *" } },
    says: 'a.json: T: expected a declared type, got "NOPE"',
  },
  {
    what: "a result that nothing releases",
    content: { functions: { F: { ...fn(input), resultReleasedBy: "G" } } },
    says: 'a.json: F: resultReleasedBy: expected a function with `release` or a member of a function table, got "G"',
  },
  {
    what: "typedefs in a circle",
    content: { typedefs: { T: "U", U: "T" } },
    says: "a.json: T: type: expected a typedef that ends, got T → U → T",
  },
  {
    what: "a struct that contains itself",
    content: { structs: { S: struct({ name: "F", type: "T" }), T: struct({ name: "G", type: "S" }) } },
    says: "a.json: S: fields: expected a struct that does not contain itself by value, got S → T → S",
  },
  {
    what: "an unknown key of a parameter",
    content: { functions: { F: fn({ ...input, optinal: true }) } },
    says: 'a.json: F: parameters.Value: expected no key "optinal"',
  },
  {
    what: "an unknown key of the file",
    content: { struct: {} },
    says: 'a.json: expected no key "struct"',
  },
  {
    what: "a direction that does not exist",
    content: { functions: { F: fn({ ...input, direction: "output" }) } },
    says: 'a.json: F: parameters.Value.direction: expected one of "in", "out", "inout"; got "output"',
  },
  {
    what: "a missing convention",
    content: { functions: { F: { ...fn(input), convention: undefined } } },
    says: 'a.json: F: convention: expected one of "stdcall", "cdecl"; it is missing',
  },
  {
    what: "a number where text is expected",
    content: { structs: { S: { summary: 1, fields: [value] } } },
    says: "a.json: S: summary: expected string, got number",
  },
  {
    what: "malformed JSON",
    content: '{ "header": "a.h", }',
    says: "a.json: expected valid JSON: ",
  },
  {
    what: "two keys of one name",
    content: '{ "header": "a.h", "constants": { "A": "1",\n "A": "2" } }',
    says: "a.json: A: expected one declaration, got a second",
  },
  {
    what: "one name for two things",
    content: { constants: { A: "1" }, structs: { A: struct(value) } },
    says: "a.json: A: expected a name that is declared once, but a.json declares it too",
  },
  {
    what: "a release function that does not exist",
    content: { functions: { F: fn({ name: "P", type: "void **", direction: "out", releasedBy: "Gone" }) } },
    says: 'a.json: F: parameters.P.releasedBy: expected a function with `release` or a member of a function table, got "Gone"',
  },
  {
    what: "a release function of a callback's parameter that does not exist",
    content: { callbacks: { F_FN: callback({ name: "P", type: "void **", direction: "out", releasedBy: "Gone" }) } },
    says: 'a.json: F_FN: parameters.P.releasedBy: expected a function with `release` or a member of a function table, got "Gone"',
  },
  {
    what: "a flag group of a callback's parameter that does not exist",
    content: { callbacks: { F_FN: callback({ ...input, flags: "REQ" }) } },
    says: 'a.json: F_FN: parameters.Value.flags: expected a declared flag group, got "REQ"',
  },
  {
    what: "a status of more than 32 bits",
    content: { statuses: { sspi: { SEC_E_LONG: { value: "0x100000000", text: "too long" } } } },
    says: "a.json: SEC_E_LONG: value: expected an unsigned 32-bit value, got 0x100000000",
  },
  {
    what: "a release function that releases nothing",
    content: { functions: { F: fn({ name: "P", type: "void **", direction: "out", releasedBy: "F" }) } },
    says: 'a.json: F: parameters.P.releasedBy: expected a function with `release` or a member of a function table, got "F"',
  },
  {
    what: "a release by what is no member of a table",
    content: {
      structs: { TABLE: struct({ name: "Free", type: "void *" }) },
      functions: { F: fn({ name: "P", type: "void **", direction: "out", releasedBy: "TABLE.Free" }) },
    },
    says: 'a.json: F: parameters.P.releasedBy: expected a function with `release` or a member of a function table, got "TABLE.Free"',
  },
  {
    what: "an earlier form that ends with the last field",
    content: { structs: { S: { ...struct(value), earlier: ["Value"] } } },
    says: 'a.json: S: earlier: expected a field of S that others follow, got "Value"',
  },
  {
    what: "a name that is both declared and left out",
    content: { functions: { QueryA: fn() }, leftOut: [{ reason: "Old.", names: ["Query*"] }] },
    says: "a.json: leftOut: Query*: expected a name that is not declared, but QueryA is",
  },
  {
    what: "a name that is left out twice",
    content: { leftOut: [{ reason: "Old.", names: ["A", "A"] }] },
    says: "a.json: leftOut: A: expected a name that is left out once",
  },
  {
    what: "something to release that is neither pointer nor handle",
    content: { functions: { Free: free }, structs: { S: struct({ ...value, releasedBy: "Free" }) } },
    says: "a.json: S: fields.Value.releasedBy: expected a pointer or a handle to release",
  },
  {
    what: "a size that no field has",
    content: { structs: { S: struct({ name: "P", type: "void *", sizedBy: "Size" }) } },
    says: 'a.json: S: fields.P.sizedBy: expected a field of S, got "Size"',
  },
  {
    what: "a size that no parameter has",
    content: { functions: { F: fn({ name: "P", type: "void *", direction: "in", sizedBy: "Size" }) } },
    says: 'a.json: F: parameters.P.sizedBy: expected a parameter of F or a field it points to, got "Size"',
  },
  {
    what: "a trailing array without a size",
    content: { structs: { S: struct({ ...value, count: 1, trailing: true }) } },
    says: "a.json: S: fields.Value.sizedBy: expected the field that says how long the trailing array is",
  },
  {
    what: "a flag group that does not exist",
    content: { functions: { F: fn({ ...input, flags: "REQ" }) } },
    says: 'a.json: F: parameters.Value.flags: expected a declared flag group, got "REQ"',
  },
  {
    what: "a flag group that nothing uses",
    content: { constants: { REQ_A: "1" }, flagGroups: { REQ: {} } },
    says: "a.json: REQ: expected a field or parameter with this flag group; nothing uses it",
  },
  {
    what: "an omission that omits nothing",
    content: {
      constants: { REQ_A: "1" },
      flagGroups: { REQ: { omit: ["REQ_B"] } },
      structs: { S: struct({ ...value, flags: "REQ" }) },
    },
    says: 'a.json: REQ: omit: expected a constant of the group, got "REQ_B"',
  },
  {
    what: "an array as long as something unknown",
    content: { structs: { S: struct({ ...value, count: "MAX" }) } },
    says: 'a.json: S: fields.Value.count: expected a number or an integer constant, got "MAX"',
  },
  {
    what: "a member since a version the table does not have",
    content: {
      constants: { V1: "1" },
      structs: { S: { ...struct({ ...value, since: "V2" }), table: { versions: ["V1"] } } },
    },
    says: 'a.json: S: fields.Value.since: expected a version of `table.versions`, got "V2"',
  },
  {
    what: "a callback like a function that does not exist",
    content: { callbacks: { F_FN: { like: "F" } } },
    says: 'a.json: F_FN: like: expected a declared function, got "F"',
  },
  {
    what: "an attribute with an unknown struct",
    content: { constants: { A: "1" }, attributes: { context: { a: { constant: "A", struct: "S", summary: "A." } } } },
    says: 'a.json: a: struct: expected a declared struct, got "S"',
  },
  {
    what: "an attribute that fills both a struct and a lone pointer",
    content: attributes({ a: { constant: "A", struct: "S", type: "S *", summary: "A." } }),
    says: "a.json: a: expected either `struct` or `type`",
  },
  {
    what: "an attribute that is a lone pointer to no struct",
    content: attributes({ a: { constant: "A", type: "long *", summary: "A." } }),
    says: 'a.json: a: type: expected a pointer to a struct, got "long *"',
  },
  {
    what: "an attribute of a field that there is not",
    content: attributes({ a: { constant: "A", type: "S *", field: "Gone", summary: "A." } }),
    says: 'a.json: a: field: expected a field of S, got "Gone"',
  },
  {
    what: "an attribute whose struct releases nothing itself",
    content: attributes({ a: { constant: "A", struct: "S", releasedBy: "Free", summary: "A." } }),
    says: "a.json: a: expected `field` and `releasedBy` only beside `type`: a struct's fields say their own",
  },
  {
    what: "an attribute that is released by nothing",
    content: attributes({ a: { constant: "A", type: "S *", releasedBy: "Gone", summary: "A." } }),
    says: "a.json: a: releasedBy: expected a release function of the provider",
  },
  {
    what: "an attribute that a release function of no provider releases",
    content: {
      ...attributes({ a: { constant: "A", struct: "S", summary: "A." } }),
      structs: {
        S: struct({ name: "Text", type: "void *", releasedBy: "Free" }),
        TABLE: { ...struct(value), provider: { also: ["Beside"] } },
      },
      functions: { Free: free, Beside: fn(input) },
    },
    says:
      "a.json: a: Text.releasedBy: expected a release function of the provider: a member of its table, or one that " +
      '`provider.also` lists; got "Free"',
  },
  {
    what: "an attribute with something to release inside what it points to",
    content: {
      ...attributes({ a: { constant: "A", struct: "S", summary: "A." } }),
      structs: {
        S: struct({ name: "Inner", type: "T *", releasedBy: "Free" }),
        T: struct({ name: "Text", type: "void *", releasedBy: "Free" }),
        TABLE: { ...struct(value), provider: { also: ["Free"] } },
      },
      functions: { Free: free },
    },
    says: "a.json: a: Inner.Text.releasedBy: expected nothing to release inside what a query's own pointers release",
  },
  {
    what: "an attribute that presets a field that there is not",
    content: attributes({ a: { constant: "A", struct: "S", preset: { Gone: "A" }, summary: "A." } }),
    says: 'a.json: a: preset: expected a field of S, got "Gone"',
  },
  {
    what: "a reason for an attribute number that there is not",
    content: { attributes: { unasked: { GONE: "is set" } } },
    says: 'a.json: GONE: expected a declared integer constant, got "GONE"',
  },
  {
    what: "a status without an explanation",
    content: { statuses: { sspi: { SEC_E_OK: { value: "0" } } } },
    says: "a.json: SEC_E_OK: text: expected an explanation in one line",
  },
];

describe("a mistake in the metadata stops generation, says where and what was expected, and changes no file", () => {
  it.each(mistakes)("$what", ({ content, says }) => {
    using scratch = new Scratch();
    scratch.write("out/kept.txt", "kept");
    const text = typeof content === "string" ? content : JSON.stringify({ header: "a.h", ...content });
    scratch.write("metadata/a.json", text);
    const { code, lines } = scratch.run();
    expect(lines.map((line) => withoutPosition(line).slice(0, says.length))).toContain(says);
    expect(lines.filter((line) => !/^a\.json:\d+:\d+: /.test(line))).toEqual([]);
    expect(code).toBe(1);
    expect([...scratch.files()]).toEqual([["kept.txt", "kept"]]);
  });

  it("shows all mistakes of all files in one run", () => {
    using scratch = new Scratch();
    scratch.write("metadata/a.json", JSON.stringify({ header: "a.h", typedefs: { T: "NOPE", U: "NEITHER" } }));
    scratch.write(
      "metadata/b.json",
      JSON.stringify({ header: "b.h", structs: { S: struct({ ...value, type: "NOR" }) } }),
    );
    expect(scratch.run().lines).toEqual([
      'a.json:1:29: T: expected a declared type, got "NOPE"',
      'a.json:1:40: U: expected a declared type, got "NEITHER"',
      'b.json:1:81: S: fields.Value.type: expected a declared type, got "NOR"',
    ]);
  });
});

/** The text with `^` where the generator has to report the mistake; the test removes the mark. */
function marked(text: string): { text: string; at: string } {
  const before = text.slice(0, text.indexOf("^")).split("\n");
  return { text: text.replace("^", ""), at: `a.json:${before.length}:${(before.at(-1) ?? "").length + 1}: ` };
}

describe("a mistake is reported with line and column of the metadata file", () => {
  const places: readonly { readonly what: string; readonly content: string }[] = [
    {
      what: "a value, by its key",
      content: `{
        "header": "a.h",
        "functions": {
          "F": {
            "summary": "A.", "libraries": ["a.dll"], "convention": "cdecl", "returns": "int",
            "parameters": [
              { "name": "A", "type": "int", "direction": "in" },
              { "name": "B", "type": "int", ^"direction": "output" }
            ]
          }
        }
      }`,
    },
    {
      what: "a key that there is not, itself",
      content: `{\n"header": "a.h",\n"structs": { "S": { "summary": "A.",\n  ^"feilds": [], "fields": [{ "name": "A", "type": "int" }] } } }`,
    },
    {
      what: "what is missing, by what lacks it",
      content: `{ "header": "a.h",\n"enums": {\n ^"E": { "members": {} } } }`,
    },
    { what: "where the text stops being JSON", content: `{\n"header": "a.h",\n ^}` },
    { what: "the second of two declarations", content: `{ "header": "a.h",\n"constants": {\n"A": "1",\n^"A": "2" } }` },
    {
      what: "a member of an enum",
      content:
        `{ "header": "a.h",\n"constants": { "A": "1" },\n"enums": { "E": { "summary": "E.", "members": {\n"A": "1" } } } }`.replace(
          '"A": "1" },\n"enums"',
          '^"A": "1" },\n"enums"',
        ),
    },
    {
      what: "the ANSI half of a pair, where it is named",
      content:
        `{ "header": "a.h",\n"structs": { "SW": { ^"ansi": "SA", "summary": "A.", "fields": [{ "name": "T", "type": "int", "sizedBy": "N" }] } } }`.replace(
          '^"ansi": "SA"',
          '"ansi": ^"SA"',
        ),
    },
    {
      what: "an attribute, which lies a level deeper",
      content: `{ "header": "a.h",\n"constants": { "A": "1" },\n"attributes": { "context": {\n"mine": { "constant": "A", ^"struct": "S", "summary": "A." } } } }`,
    },
  ];
  it.each(places)("$what", ({ content }) => {
    using scratch = new Scratch();
    const { text, at } = marked(content);
    scratch.write("metadata/a.json", text);
    const { code, lines } = scratch.run();
    expect(code).toBe(1);
    expect(lines.map((line) => line.slice(0, at.length))).toContain(at);
  });
});
