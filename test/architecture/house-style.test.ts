import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { parsedText, syntaxOf } from "./parsed-files.ts";
import { root, sourceFiles } from "./source-files.ts";

const handWritten = sourceFiles("src", "codegen", "test", "examples", "scripts", "bench").filter(
  (file) => !file.includes("/golden/"),
);

function textOf(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** The files of a list that have more lines than allowed, with their line counts. */
function longerThan(most: number, files: readonly string[]): string[] {
  return files
    .map((file) => ({ file, lines: textOf(file).split("\n").length }))
    .filter(({ lines }) => lines > most)
    .map(({ file, lines }) => `${file} has ${lines} lines`);
}

/** Functions and methods of a file with more than 40 lines. */
function longFunctions(file: string, source: ts.SourceFile): string[] {
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const long: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) {
      const lines = lineAt(node.end) - lineAt(node.getStart(source)) + 1;
      if (lines > 40) long.push(`${file}: ${node.name?.getText(source)} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return long;
}

describe("hand-written files", () => {
  it("have at most 400 lines each", () => {
    expect(handWritten.length).toBeGreaterThan(500);
    expect(longerThan(400, handWritten)).toEqual([]);
  });

  it("have names in lower case with hyphens that say what the files contain", () => {
    const wellFormed = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config)?\.ts$/;
    const hollow = /utils?|helpers?|common|manager|misc/;
    const wrong = handWritten.filter((file) => !wellFormed.test(basename(file)) || hollow.test(basename(file)));
    expect(wrong).toEqual([]);
  });

  it("have functions of at most 40 lines in the library and the generator", () => {
    expect(sourceFiles("src", "codegen").flatMap((file) => longFunctions(file, syntaxOf(file)))).toEqual([]);
  });

  it("are searched for long functions: one of 41 lines is found", () => {
    const body = "\n  work();".repeat(39);
    const long = `function long() {${body}\n}\nclass A {\n  long() {${body}\n  }\n}`;
    expect(longFunctions("some.ts", parsedText(long))).toEqual([
      "some.ts: long has 41 lines",
      "some.ts: long has 41 lines",
    ]);
    expect(longFunctions("some.ts", parsedText(`function short() {${body.slice(10)}\n}`))).toEqual([]);
  });
});

describe("generated files", () => {
  it("have at most 1,000 lines each", () => {
    expect(longerThan(1000, sourceFiles("generated"))).toEqual([]);
  });
});
