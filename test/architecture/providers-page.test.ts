import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./source-files.ts";
import { traitsTable } from "./traits-table.ts";

it("docs/providers.md lists every trait with its meaning and each provider's value, as the code does", () => {
  const page = readFileSync(join(root, "docs/providers.md"), "utf8");
  const [table] = /^\| trait \|(.*\n\|)*.*/m.exec(page) ?? [];
  expect(table).toBe(traitsTable());
});
