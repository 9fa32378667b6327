import { describe, expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { runChild } from "../fixtures/child.ts";

describe("importing the package", { timeout: 60_000 }, () => {
  it("loads neither koffi nor a library and defines no native type; the first use does", () => {
    const { code, stdout, stderr } = runChild("import-doors.ts");
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const nothing = { modules: false, libraries: false, definedTypes: 0 };
    const { exported, ...states } = JSON.parse(stdout) as { readonly exported: readonly [string, number][] };
    expect(states).toEqual({
      before: nothing,
      imported: nothing,
      used: { modules: true, libraries: true, definedTypes: 1 },
    });
    expect(exported.map(([specifier]) => specifier)).toEqual(entryPoints().map(({ specifier }) => specifier));
    expect(exported.filter(([, names]) => names === 0)).toEqual([]);
  });
});
