import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isCheckedBefore, rememberChecked } from "../../codegen/checked-before.ts";

const files = {
  "metadata/a.json": "{}",
  "codegen/emit/file.ts": "export {};",
  "src/ctypes/abi.ts": "export {};",
  "generated/a/structs.ts": "export {};",
  "biome.json": "{}",
  "node_modules/.package-lock.json": "{}",
};

/** A project whose generated files have just been checked. */
function checked(): string {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), "checked-before-"));
  onTestFinished(() => fs.rmSync(project, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    fs.writeFileSync(path.join(project, name), text);
  }
  expect(isCheckedBefore(project)).toBe(false);
  rememberChecked(project);
  return project;
}

describe("a check of the generated files that passed", () => {
  it("is remembered while nothing changes", () => {
    expect(isCheckedBefore(checked())).toBe(true);
  });

  it.each(Object.keys(files))("is repeated after a change of %s", (name) => {
    const project = checked();
    fs.appendFileSync(path.join(project, name), " ");
    expect(isCheckedBefore(project)).toBe(false);
  });

  it.each(["metadata/b.json", "generated/b/structs.ts"])("is repeated after %s has come or gone", (name) => {
    const project = checked();
    fs.mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    fs.writeFileSync(path.join(project, name), "");
    expect(isCheckedBefore(project)).toBe(false);
    rememberChecked(project);
    fs.rmSync(path.join(project, name));
    expect(isCheckedBefore(project)).toBe(false);
  });
});
