import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { changes } from "./changes.ts";
import { isCheckedBefore, rememberChecked } from "./checked-before.ts";
import { type Files, writeAll } from "./files.ts";
import { formatted } from "./formatted.ts";
import { generate } from "./generate.ts";
import { ownMetadata, readMetadata, root } from "./metadata-folder.ts";
import { jsonSchema } from "./schema.ts";
import { isStarted } from "./started.ts";

const usage = `npm run generate [-- OPTIONS]

  --metadata FOLDER  take metadata from there instead of from metadata/
  --out FOLDER       write there instead of to generated/
  --check            write nothing; fail where a file is not what the metadata generates
  --help             this

Another program's metadata is for \`npx sspi-ffi generate\`.`;

const options = {
  metadata: { type: "string" },
  out: { type: "string" },
  check: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/** Receives a line of text. */
type Say = (line: string) => void;

/** Runs the command once; `report` gets mistakes, `tell` gets changes. Returns the exit code. */
export function run(args: readonly string[], report: Say, tell: Say = () => {}): number {
  let values: Options;
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    report(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (!values.help) return values.check ? check(values, report, tell) : update(values, report, tell);
  tell(usage);
  return 0;
}

/** The library's own files are not generated again for a check when nothing has changed since the last one. */
function check(values: Options, report: Say, tell: Say): number {
  const own = values.metadata === undefined && values.out === undefined;
  if (own && isCheckedBefore(root)) {
    tell("nothing changed");
    return 0;
  }
  const code = update(values, report, tell);
  if (own && code === 0) rememberChecked(root);
  return code;
}

function update(values: Options, report: Say, tell: Say): number {
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
  if (stale.length === 0) {
    tell("nothing changed");
    return 0;
  }
  if (values.check) {
    for (const file of stale) report(`${path.relative(root, file)} is not what the metadata generates`);
    report("Mend it with: npm run generate");
    return 1;
  }
  const surface = changes(readIfPresent(path.join(out, "surface.txt")), files.get("surface.txt") ?? "");
  replaceFolder(out, files);
  if (schema !== undefined) fs.writeFileSync(schemaPath, schema);
  for (const line of [`${path.relative(root, out)}: ${stale.length} files changed`, ...surface]) tell(line);
  return 0;
}

function surroundings(out: string) {
  const from = (target: string): string => path.relative(out, path.join(root, target)).replaceAll(path.sep, "/");
  return { ctypes: from("src/ctypes/index.ts"), callable: from("src/native/callable.ts") };
}

/** Replaces a folder; the old one is removed only after the new one is complete. */
function replaceFolder(out: string, files: Files): void {
  const fresh = `${out}.new`;
  const old = `${out}.old`;
  for (const folder of [fresh, old]) fs.rmSync(folder, { recursive: true, force: true });
  writeAll(fresh, files);
  if (fs.existsSync(out)) fs.renameSync(out, old);
  fs.renameSync(fresh, out);
  fs.rmSync(old, { recursive: true, force: true });
}

/** Returns files that differ, are missing, or should not exist. */
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
  process.exitCode = run(
    process.argv.slice(2),
    (line) => console.error(line),
    (line) => console.log(line),
  );
}
