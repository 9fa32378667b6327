import fs from "node:fs";
import path from "node:path";
import { changes } from "./changes.ts";
import { type Artefact, type Outside, outsideMark } from "./emit/file.ts";
import { type Files, writeAll } from "./files.ts";
import { generateOutside } from "./generate.ts";
import { readMetadata } from "./metadata-folder.ts";

/** A request of another program for declarations in a folder of its own. */
export interface BindingsRequest {
  /** Metadata files, or folders of them. */
  readonly metadata: readonly string[];
  /** The output folder. */
  readonly out: string;
  /** Only compare the files, and write nothing. */
  readonly check: boolean;
  readonly extension: Outside["extension"];
  /** The folder of this library's own metadata. */
  readonly library: string;
}

export interface BindingsOutcome {
  readonly ok: boolean;
  /** The mistakes, or the changes if there are none. */
  readonly lines: readonly string[];
}

/** Declares another program's structs, constants and functions on top of the library's, in files of that program. */
export function writeBindings(request: BindingsRequest): BindingsOutcome {
  const sources = readSources(request.metadata);
  if ("mistakes" in sources) return { ok: false, lines: sources.mistakes };
  const { texts, paths } = sources;
  const { extension, library, out, check } = request;
  const generated = generateOutside(texts, readMetadata(library), { module: "sspi-ffi/raw", extension });
  if ("mistakes" in generated) return { ok: false, lines: generated.mistakes.map((line) => withPath(line, paths)) };
  const files: Files = new Map(generated.artefacts.map(({ path: name, text }): [string, string] => [name, text]));
  const strangers = [...files.keys()].filter((name) => isSomebodys(path.join(out, name)));
  if (strangers.length > 0) return { ok: false, lines: strangers.map((name) => refusal(path.join(out, name))) };
  const stale = staleFiles(out, files);
  if (check) return checked(out, stale);
  return { ok: true, lines: written(out, files, stale, generated.artefacts) };
}

interface Sources {
  readonly texts: ReadonlyMap<string, string>;
  /** The path of each file as it was requested, for messages about mistakes. */
  readonly paths: ReadonlyMap<string, string>;
}

function readSources(metadata: readonly string[]): Sources | { readonly mistakes: readonly string[] } {
  const [texts, paths] = [new Map<string, string>(), new Map<string, string>()];
  const mistakes: string[] = [];
  for (const given of metadata) {
    const stat = fs.statSync(given, { throwIfNoEntry: false });
    const names = stat?.isDirectory() ? [...readMetadata(given).keys()].map((name) => path.join(given, name)) : [given];
    if (stat === undefined || names.length === 0)
      mistakes.push(`${given}: expected a metadata file, or a folder of them`);
    else
      for (const file of names) {
        const name = path.basename(file);
        if (texts.has(name))
          mistakes.push(`${file}: expected a file name that is given once; ${paths.get(name)} has it`);
        texts.set(name, fs.readFileSync(file, "utf8"));
        paths.set(name, file);
      }
  }
  return mistakes.length > 0 ? { mistakes } : { texts, paths };
}

/** Replaces the file's name at the start of a mistake's line by its path. */
function withPath(line: string, paths: ReadonlyMap<string, string>): string {
  const name = /^[^:]*/.exec(line)?.[0] ?? "";
  return `${paths.get(name) ?? name}${line.slice(name.length)}`;
}

/** Whether the file exists and was not made by this command. */
function isSomebodys(file: string): boolean {
  const text = readIfPresent(file);
  return text !== undefined && !isGenerated(text);
}

function isGenerated(text: string): boolean {
  return text.slice(0, text.indexOf("\n")).includes(outsideMark);
}

function refusal(file: string): string {
  return `${file}: expected a file that this command has made; move it, or choose another --out`;
}

interface Stale {
  readonly differing: readonly string[];
  /** Files of an earlier run whose metadata no longer declares anything in them. */
  readonly left: readonly string[];
}

function staleFiles(out: string, files: Files): Stale {
  const differing = [...files].flatMap(([name, text]) => (readIfPresent(path.join(out, name)) === text ? [] : [name]));
  const folders = fs.existsSync(out) ? fs.readdirSync(out, { withFileTypes: true }) : [];
  const present = folders
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => fs.readdirSync(path.join(out, name)).map((file) => `${name}/${file}`))
    .filter((name) => name.endsWith(".ts"));
  const left = present.filter((name) => !files.has(name) && isGenerated(readIfPresent(path.join(out, name)) ?? ""));
  return { differing, left };
}

function checked(out: string, { differing, left }: Stale): BindingsOutcome {
  const stale = [...differing, ...left].sort().map((name) => path.join(out, name));
  if (stale.length === 0) return { ok: true, lines: [`${out} is what the metadata generates`] };
  return { ok: false, lines: stale.map((file) => `${file} is not what the metadata generates`) };
}

function written(out: string, files: Files, { differing, left }: Stale, artefacts: readonly Artefact[]): string[] {
  const surface = artefacts.find(({ path: name }) => name === "surface.txt");
  const said = changes(readIfPresent(path.join(out, "surface.txt")), surface?.text ?? "");
  writeAll(out, new Map([...files].filter(([name]) => differing.includes(name))));
  for (const name of left) fs.rmSync(path.join(out, name));
  const emptied = new Set(left.map((name) => path.dirname(path.join(out, name))));
  for (const folder of emptied) if (fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
  const counts = `${differing.length} written, ${files.size - differing.length} as they were, ${left.length} removed`;
  return [`${out}: ${files.size} files: ${counts}`, ...said];
}

/** Reads a file with LF line ends, because a Git checkout may have changed them. */
function readIfPresent(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").replaceAll("\r\n", "\n") : undefined;
}
