import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Files, formatted, writeAll } from "./formatted.ts";
import { generate } from "./generate.ts";
import { ownMetadata, readMetadata, root } from "./metadata-folder.ts";
import { jsonSchema } from "./schema.ts";
import { isStarted } from "./started.ts";

/** One run of the command; `report` gets a line for each thing that is wrong. Returns the exit code. */
export function run(args: readonly string[], report: (line: string) => void): number {
  const { values } = parseArgs({
    args: [...args],
    options: { metadata: { type: "string" }, out: { type: "string" }, check: { type: "boolean", default: false } },
  });
  const metadata = path.resolve(values.metadata ?? ownMetadata);
  const out = path.resolve(values.out ?? path.join(root, "generated"));
  const sources = readMetadata(metadata);
  if (sources.size === 0) {
    report(`${metadata}: expected at least one metadata file`);
    return 1;
  }
  const generated = generate(sources, surroundings(out));
  if ("mistakes" in generated) {
    for (const line of generated.mistakes) report(line);
    return 1;
  }
  const ours = values.metadata === undefined ? [{ path: "schema.json", text: jsonSchema() }] : [];
  const files = formatted([...generated.artefacts, ...ours]);
  const schema = files.get("schema.json");
  files.delete("schema.json");
  const schemaPath = path.join(metadata, "schema.json");
  const stale = staleFiles(out, files);
  if (schema !== undefined && schema !== readIfPresent(schemaPath)) stale.push(schemaPath);
  if (stale.length === 0) return 0;
  if (values.check) {
    for (const file of stale) report(`${path.relative(root, file)} is not what the metadata generates`);
    report("Mend it with: npm run generate");
    return 1;
  }
  replaceFolder(out, files);
  if (schema !== undefined) fs.writeFileSync(schemaPath, schema);
  return 0;
}

function surroundings(out: string) {
  const from = (target: string): string => path.relative(out, path.join(root, target)).replaceAll(path.sep, "/");
  return { ctypes: from("src/ctypes/index.ts"), callable: from("src/native/callable.ts") };
}

/** The new folder is complete before the old one goes. */
function replaceFolder(out: string, files: Files): void {
  const fresh = `${out}.new`;
  const old = `${out}.old`;
  for (const folder of [fresh, old]) fs.rmSync(folder, { recursive: true, force: true });
  writeAll(fresh, files);
  if (fs.existsSync(out)) fs.renameSync(out, old);
  fs.renameSync(fresh, out);
  fs.rmSync(old, { recursive: true, force: true });
}

/** Files that differ, lack, or should not be there. */
function staleFiles(out: string, files: Files): string[] {
  const names = new Set([...files.keys(), ...(fs.existsSync(out) ? listFiles(out) : [])]);
  const stale = [...names].sort().filter((name) => files.get(name) !== readIfPresent(path.join(out, name)));
  return stale.map((name) => path.join(out, name));
}

function listFiles(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) =>
    path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"),
  );
}

function readIfPresent(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

if (isStarted(import.meta.url)) {
  process.exitCode = run(process.argv.slice(2), (line) => console.error(line));
}
