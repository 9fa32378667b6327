import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type FunctionDeclaration, type MethodDeclaration, Project, SyntaxKind } from "ts-morph";
import { describe, expect, it } from "vitest";
import { root, sourceFiles } from "./source-files.ts";

const handWritten = sourceFiles("src", "codegen", "test", "examples", "scripts", "bench").filter(
  (file) => !file.includes("/golden/"),
);

describe("hand-written files", () => {
  it.each(handWritten)("%s is short, and named for what it is", (file) => {
    expect(readFileSync(join(root, file), "utf8").split("\n").length).toBeLessThanOrEqual(400);
    expect(basename(file)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config)?\.ts$/);
    expect(basename(file)).not.toMatch(/utils?|helpers?|common|manager|misc/);
  });

  it("no generated file is longer than 1,000 lines", () => {
    const long = sourceFiles("generated").filter(
      (file) => readFileSync(join(root, file), "utf8").split("\n").length > 1000,
    );
    expect(long).toEqual([]);
  });

  it("no function of the library or the generator is longer than 40 lines", () => {
    const project = new Project({ useInMemoryFileSystem: false, skipAddingFilesFromTsConfig: true });
    const long: string[] = [];
    for (const file of sourceFiles("src", "codegen")) {
      const source = project.addSourceFileAtPath(join(root, file));
      const functions = source
        .getDescendants()
        .filter(
          (node): node is FunctionDeclaration | MethodDeclaration =>
            node.isKind(SyntaxKind.FunctionDeclaration) || node.isKind(SyntaxKind.MethodDeclaration),
        );
      for (const declared of functions) {
        const lines = declared.getEndLineNumber() - declared.getStartLineNumber() + 1;
        if (lines > 40) long.push(`${file}: ${declared.getName()} has ${lines} lines`);
      }
    }
    expect(long).toEqual([]);
  });
});
