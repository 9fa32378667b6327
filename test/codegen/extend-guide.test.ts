import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBindings } from "../../codegen/bindings.ts";
import { ClientContext } from "../../src/index.ts";
import type { AttributeDeclaration, ReleaseFunction, Struct } from "../../src/raw.ts";
import { root } from "../architecture/source-files.ts";
import { codeBlocks } from "../readme/code-blocks.ts";
import { outbound, scripted } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import { followRecipe } from "./followed-recipe.ts";

const page = "docs/guides/extend.md";
const recipes = codeBlocks(page).filter(({ kind }) => kind.startsWith("json "));

// The folder is inside the project, so that generated code finds `sspi-ffi/raw` as a reader's code does.
let folder = "";
beforeAll(() => {
  fs.mkdirSync(path.join(root, ".cache"), { recursive: true });
  folder = fs.mkdtempSync(path.join(root, ".cache/extend-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function generated(files: readonly string[], check = false) {
  const out = path.join(folder, "bindings");
  return writeBindings({ metadata: files, out, check, extension: ".ts", library: path.join(root, "metadata") });
}

describe("the recipes for one's own metadata, each applied on top of those before", { timeout: 120_000 }, () => {
  const followed = new Set<string>();

  it("are those for a function, constant, enum, struct, release function, flag group, callback, header and attribute", () => {
    expect(recipes.length).toBe(9);
  });

  it.each(recipes.map((recipe) => ({ ...recipe, title: `${page}:${recipe.line}` })))(
    "followed as written, change what the page says: $title",
    ({ kind, text, output }) => {
      followed.add(followRecipe(folder, kind, text));
      const { ok, lines } = generated([...followed]);
      expect({ ok, changes: `${lines.slice(1).join("\n")}\n` }).toEqual({ ok: true, changes: output });
    },
  );

  it("leave files that pass a check", () => {
    expect(generated([...followed], true)).toMatchObject({ ok: true });
  });

  it("make a struct that holds structs of the program and of the library, and that reads what it wrote", async () => {
    const { PARTY } = (await import(path.join(folder, "bindings/party/structs.ts"))) as { PARTY: Struct<object> };
    const view = new DataView(new ArrayBuffer(64));
    const value = {
      greeting: { tone: 1, times: 2, name: new Uint8Array(32).fill(7) },
      buffer: { cbBuffer: 3, BufferType: 4, pvBuffer: 5n },
    };
    PARTY.write(view, value);
    expect(PARTY.read(view)).toEqual(value);
  });

  it("make an attribute that a context answers and whose allocations are released", async () => {
    const { contextAttributes } = (await import(path.join(folder, "bindings/vendor/attributes.ts"))) as {
      contextAttributes: { vendorLevel: AttributeDeclaration<object, ReleaseFunction> };
    };
    const { vendorLevel } = contextAttributes;
    const sspi = scripted({
      contextAttributes: ({ attribute, address, heap }) => {
        writeNativeStruct(vendorLevel.struct, address, { Level: attribute, Label: heap.wideString("high") });
        return 0;
      },
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(client.query(vendorLevel)).toEqual({ Level: 0x9001, Label: "high" });
  });
});

describe("metadata of a program's own", { timeout: 120_000 }, () => {
  let scratch = "";
  beforeAll(() => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "bindings-"));
  });
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  const request = (name: string, content: object | string) => {
    const file = path.join(scratch, name);
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify({ header: "a.h", ...content }));
    const out = path.join(scratch, "out");
    return { metadata: [file], out, check: false, extension: ".js", library: path.join(root, "metadata") } as const;
  };
  const fields = [{ name: "A", type: "int" }];

  it.each<[string, string, object, RegExp]>([
    [
      "a name that the library declares",
      "a.json",
      { structs: { SecBuffer: { summary: "A.", fields } } },
      /a\.json:1:\d+: SecBuffer: expected a name that is declared once, but sspi-ffi's sspi\.json declares it too$/,
    ],
    [
      "a file of the library's name",
      "sspi.json",
      { constants: { A: "1" } },
      /sspi\.json: expected a file name that is none of sspi-ffi's own, got "sspi\.json"$/,
    ],
    [
      "statuses, which errors would not know",
      "a.json",
      { statuses: { nt: { STATUS_MINE: { value: "1" } } } },
      /statuses: expected no `statuses`/,
    ],
    ["what only the library keeps to itself", "a.json", { internal: true }, /internal: expected no `internal`/],
    [
      "a type of a header that the library keeps to itself",
      "a.json",
      { structs: { S: { summary: "A.", fields: [{ name: "A", type: "gss_OID" }] } } },
      /expected a declared type, got "gss_OID"$/,
    ],
    [
      "a second function table of providers",
      "a.json",
      { structs: { S: { summary: "A.", provider: { also: [] }, fields } } },
      /S: provider: expected no `provider`/,
    ],
    [
      "the name that generated code has for the library",
      "a.json",
      { constants: { ffi: "1" } },
      /ffi: expected a name that the generated code does not need itself$/,
    ],
    [
      "a struct of the name of a variable in its readers",
      "a.json",
      { structs: { view: { summary: "A.", fields } } },
      /view: expected a name that the generated code does not need itself$/,
    ],
  ])("may not have %s", (_what, name, content, message) => {
    const { ok, lines } = writeBindings(request(name, content));
    expect({ ok, lines }).toEqual({ ok: false, lines: expect.arrayContaining([expect.stringMatching(message)]) });
    expect(fs.existsSync(path.join(scratch, "out"))).toBe(false);
  });

  it("that is missing or given twice is named in the error", () => {
    const { metadata, ...rest } = request("a.json", { constants: { A: "1" } });
    const missing = path.join(scratch, "gone.json");
    expect(writeBindings({ ...rest, metadata: [missing] })).toEqual({
      ok: false,
      lines: [`${missing}: expected a metadata file, or a folder of them`],
    });
    expect(writeBindings({ ...rest, metadata: [...metadata, ...metadata] }).lines[0]).toContain("given once");
  });

  it("leaves files that others wrote unchanged, removes its own files that the metadata no longer declares, and keeps the rest", () => {
    const both = { constants: { A: "1" }, structs: { S: { summary: "A.", fields } } };
    const out = path.join(scratch, "kept");
    const ask = (content: object) => ({ ...request("a.json", content), out });
    expect(writeBindings(ask(both)).lines.slice(1)).toEqual([
      "2 added, 0 changed, 0 removed",
      "  + constant A",
      "  + struct S",
    ]);
    fs.writeFileSync(path.join(out, "a/mine.ts"), "export {};\n");
    expect(writeBindings(ask({ constants: { A: "2" } })).lines).toEqual([
      `${out}: 2 files: 2 written, 0 as they were, 1 removed`,
      "0 added, 1 changed, 1 removed",
      "  ~ constant A",
      "  - struct S",
    ]);
    expect(fs.readdirSync(path.join(out, "a")).sort()).toEqual(["constants.ts", "mine.ts"]);
    fs.writeFileSync(path.join(out, "a/constants.ts"), "export const mine = 1;\n");
    const refused = writeBindings(ask({ constants: { A: "3" } }));
    expect(refused.lines).toEqual([
      `${path.join(out, "a/constants.ts")}: expected a file that this command has made; move it, or choose another --out`,
    ]);
    expect(fs.readFileSync(path.join(out, "a/constants.ts"), "utf8")).toBe("export const mine = 1;\n");
  });

  it("fails a check where a file was edited, and the check changes nothing", () => {
    const out = path.join(scratch, "checked");
    const ask = (check: boolean) => ({ ...request("a.json", { constants: { A: "1" } }), out, check });
    writeBindings(ask(false));
    const file = path.join(out, "a/constants.ts");
    fs.appendFileSync(file, "// edited\n");
    expect(writeBindings(ask(true))).toEqual({ ok: false, lines: [`${file} is not what the metadata generates`] });
    expect(fs.readFileSync(file, "utf8")).toContain("// edited");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("// edited\n", "").replaceAll("\n", "\r\n"));
    expect(writeBindings(ask(true))).toMatchObject({ ok: true });
  });
});
