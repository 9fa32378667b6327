import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "../architecture/source-files.ts";

/** A user's first program; the file exists only in the editor. */
const file = join(root, "test/types/typed-in-an-editor.ts");
const text = `import type { AcquireOptions, ClientContextOptions, Leg, ServerContextOptions } from "sspi-ffi";
export const acquire: AcquireOptions = { package: "NTLM", use: "outbound" };
export const client: ClientContextOptions = { request: ["confidentiality"], require: [] };
export const server: ServerContextOptions = { request: [], acceptUnknown: [] };
export const status = (leg: Leg) => leg.status;
`;

const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const editor = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => {
    const content = name === file ? text : ts.sys.readFile(name);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => root,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});

function hover(at: string) {
  const info = editor.getQuickInfoAtPosition(file, text.indexOf(at) + at.search(/\w+\W*$/));
  return { shown: ts.displayPartsToString(info?.displayParts), says: ts.displayPartsToString(info?.documentation) };
}

describe("an editor with TypeScript's language service", () => {
  it("completes the names of the packages", { timeout: 120_000 }, () => {
    const offered = editor.getCompletionsAtPosition(file, text.indexOf('"NTLM"') + 1, {})?.entries ?? [];
    expect(offered.map(({ name }) => name)).toEqual(["Negotiate", "Kerberos", "NTLM", "Schannel", "CREDSSP"]);
  });

  it.each([
    "{ package:",
    "use:",
    "client: ClientContextOptions = { request:",
    "require:",
    "acceptUnknown:",
    "leg.status",
  ])("shows for %s a short type and its documentation", (at) => {
    const { shown, says } = hover(at);
    expect(shown.length, shown).toBeLessThanOrEqual(160);
    expect(says).not.toBe("");
  });
});
