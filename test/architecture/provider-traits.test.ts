import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root, sourceFiles } from "./source-files.ts";

/** A decision by name: by a provider's kind or version, or by the system below it. */
const byName =
  /\bkind\s*[!=]==\s*["'`](?:winpr|secur32|sspi-rs|gssapi)["'`]|\bisWine\b|provider\??\.(?:kind|version)\b/;

function decides(text: string): boolean {
  return byName.test(text);
}

it("no file of src outside src/native tells providers apart by name: it reads their traits", () => {
  const files = sourceFiles("src").filter((file) => !file.startsWith("src/native/"));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => decides(readFileSync(join(root, file), "utf8")))).toEqual([]);
});

it.each(['if (kind === "winpr") return;', "provider.version", "provider?.kind", "import { isWine } from"])(
  "a decision by a provider's name is found: %s",
  (text) => {
    expect(decides(text)).toBe(true);
  },
);
