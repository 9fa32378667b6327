import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { entryPoints } from "../../scripts/entry-points.ts";
import { importsOf } from "./file-imports.ts";
import { root, sourceFiles } from "./source-files.ts";

const file = "test/fixtures/small-provider.ts";

it("a provider outside of the package is written with its entry points alone, in fewer than 80 lines", () => {
  const [node, others] = [/^node:/, entryPoints().map(({ specifier }) => specifier)];
  const imports = importsOf(file);
  expect(imports).toContain("sspi-ffi");
  expect(imports.filter((one) => !node.test(one) && !others.includes(one))).toEqual([]);
  expect(readFileSync(join(root, file), "utf8").split("\n").length).toBeLessThan(80);
});

it("no file of src names the provider that is outside of the package", () => {
  const naming = sourceFiles("src").filter((one) =>
    /small-provider|smallProvider|"Smaller"/.test(readFileSync(join(root, one), "utf8")),
  );
  expect(naming).toEqual([]);
});
