import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root } from "./source-files.ts";
import { parsedSource } from "./source-project.ts";

/** Where each entry point's exports are declared: `file:line`, by name. */
function declaredIn(file: string): ReadonlyMap<string, string> {
  const source = parsedSource(file);
  return new Map(
    [...source.getExportedDeclarations()].map(([name, declarations]) => {
      const places = declarations.map(
        (one) => `${relative(root, one.getSourceFile().getFilePath())}:${one.getStartLineNumber()}`,
      );
      return [name, [...new Set(places)].sort().join(" ")];
    }),
  );
}

const declared = new Map(entryPoints().map(({ specifier, source }) => [specifier, declaredIn(source)]));

function contradictions(): string[] {
  const meanings = new Map<string, Map<string, string>>();
  for (const [door, names] of declared)
    for (const [name, place] of names) meanings.set(name, new Map([...(meanings.get(name) ?? []), [door, place]]));
  return [...meanings]
    .filter(([, places]) => new Set(places.values()).size > 1)
    .map(([name, places]) => `${name}: ${[...places].map(([door, place]) => `${door} ${place}`).join(", ")}`);
}

describe("public names", () => {
  it("are read from the entry points of package.json", () => {
    expect([...declared.keys()]).toEqual(expect.arrayContaining(["sspi-ffi", "sspi-ffi/raw", "sspi-ffi/packages"]));
    expect(declared.get("sspi-ffi")?.has("ClientContext")).toBe(true);
  });

  it("mean the same thing at every entry point that exports them", () => {
    expect(contradictions()).toEqual([]);
  });
});
