import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Project } from "ts-morph";
import { describe, expect, it } from "vitest";
import { root } from "./source-files.ts";

const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

/** The source of each entry point of package.json, by the name that importers write. */
const doors: ReadonlyMap<string, string> = new Map(
  Object.entries((JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest).exports).flatMap(
    ([name, target]) => {
      const file = typeof target === "string" ? target : target.default;
      return file.endsWith(".js") ? [[name, file.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts")] as const] : [];
    },
  ),
);

/** Where each entry point's exports are declared: `file:line`, by name. */
function declaredIn(file: string): ReadonlyMap<string, string> {
  const source = project.addSourceFileAtPath(join(root, file));
  project.resolveSourceFileDependencies();
  return new Map(
    [...source.getExportedDeclarations()].map(([name, declarations]) => {
      const places = declarations.map(
        (one) => `${relative(root, one.getSourceFile().getFilePath())}:${one.getStartLineNumber()}`,
      );
      return [name, [...new Set(places)].sort().join(" ")];
    }),
  );
}

const declared = new Map([...doors].map(([door, file]) => [door, declaredIn(file)]));

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
    expect([...doors.keys()]).toEqual(expect.arrayContaining([".", "./raw", "./packages"]));
    expect(declared.get(".")?.has("ClientContext")).toBe(true);
  });

  it("mean the same thing at every entry point that exports them", () => {
    expect(contradictions()).toEqual([]);
  });
});
