import { describe, expect, it } from "vitest";
import { importsOf, targetOf } from "./file-imports.ts";
import { sourceFiles } from "./source-files.ts";

/** C's types are recursive: an array has structs, a struct has arrays and functions, a function takes all of them. */
const recursive = ["src/ctypes/array.ts", "src/ctypes/function.ts", "src/ctypes/struct.ts"];

/** Files that import each other, directly or by way of others: each circle once, sorted. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reachable = new Map([...graph.keys()].map((file) => [file, reachedFrom(graph, file)]));
  const circles = [...graph.keys()].map((file) =>
    [...(reachable.get(file) ?? [])].filter((other) => reachable.get(other)?.has(file)).sort(),
  );
  return [...new Map(circles.filter(({ length }) => length > 0).map((circle) => [circle.join(), circle])).values()];
}

function reachedFrom(graph: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const reached = new Set<string>();
  const next = [...(graph.get(start) ?? [])];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    next.push(...(graph.get(file) ?? []));
  }
  return reached;
}

describe("import circles", () => {
  it("do not exist in src, codegen and scripts, except the one of C's types", () => {
    const files = sourceFiles("src", "codegen", "scripts");
    const graph = new Map(files.map((file) => [file, importsOf(file).map((name) => targetOf(file, name))]));
    expect(circlesOf(graph)).toEqual([recursive]);
  });

  it("are found: a circle of two files, one of three, and a file that imports itself", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["a", "c"]],
      ["c", ["d"]],
      ["d", ["e"]],
      ["e", ["c"]],
      ["f", ["f", "a"]],
      ["g", ["a"]],
    ]);
    expect(circlesOf(graph)).toEqual([["a", "b"], ["c", "d", "e"], ["f"]]);
  });
});
