import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { parsedText, syntaxOf } from "./parsed-files.ts";
import { sourceFiles } from "./source-files.ts";

/**
 * `src/values` has the check that copies an array by its own elements. `src/ctypes` imports nothing, and reads the
 * elements that it checks by their index.
 */
const exempt = ["src/values/", "src/ctypes/"];

/** Where a file asks whether something is an array. */
function questionsIn(source: ts.SourceFile): number[] {
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.getText(source) === "Array.isArray")
      lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

describe("an array that a caller passes", () => {
  it("is checked and copied by checkArray alone, so no file asks Array.isArray itself", () => {
    const files = sourceFiles("src").filter((file) => !exempt.some((folder) => file.startsWith(folder)));
    const found = files.flatMap((file) => questionsIn(syntaxOf(file)).map((line) => `${file}:${line}`));
    expect(files.length).toBeGreaterThan(300);
    expect(found).toEqual([]);
  });

  it("is seen by this test in a file that asks", () => {
    const asking = "if (!Array.isArray(names)) throw new TypeError();\nnames.filter(Array.isArray);";
    expect(questionsIn(parsedText(asking))).toEqual([1, 2]);
  });
});
