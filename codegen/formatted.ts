import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Artefact } from "./emit/file.ts";
import { type Files, writeAll } from "./files.ts";
import { root } from "./metadata-folder.ts";

const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");

/** Formats all files with one run of the formatter over a temporary folder, with the project's settings. */
export function formatted(artefacts: readonly Artefact[]): Files {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "generate-"));
  try {
    writeAll(folder, new Map(artefacts.map(({ path: name, text }) => [name, text])));
    fs.copyFileSync(path.join(root, "biome.json"), path.join(folder, "biome.json"));
    const run = spawnSync(process.execPath, [biome, "check", "--write", "--error-on-warnings", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    if (run.status !== 0) throw new Error(`Formatting failed:\n${run.stdout}${run.stderr}`);
    return new Map(artefacts.map(({ path: name }) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
