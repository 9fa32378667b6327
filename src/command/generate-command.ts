import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Command, failed, misused, type Streams, succeeded, UsageError } from "./command.ts";
import { packageFolder } from "./package-manifest.ts";
import { missingPeers } from "./peers.ts";

const usage = `Usage: sspi-ffi generate --metadata FILE --out FOLDER [OPTIONS]

Writes TypeScript for the structs, constants, callbacks, functions and attributes that
metadata files of your own declare, on top of those of sspi-ffi/raw.

  --metadata FILE   a metadata file, or a folder of them; may be given more than once
  --out FOLDER      where the files go; what is there and was not generated stays
  --extension EXT   what imports end with: js (by default), or ts
  --check           write nothing; fail where a file is not what the metadata generates
  --help            this

It needs ts-morph and zod: npm i -D ts-morph zod
A metadata file begins with "$schema": "./node_modules/sspi-ffi/metadata/schema.json",
by which editors complete it. Recipes: docs/guides/extend.md of the package.`;

const options = {
  metadata: { type: "string", multiple: true },
  out: { type: "string" },
  extension: { type: "string", default: "js" },
  check: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/**
 * Generates declarations of a program's own structs and functions: `generate --metadata mine.json --out src/bindings`.
 */
export const generateCommand: Command = async (args, streams) => {
  const { metadata, out, extension, check, help } = read(args);
  if (help) {
    streams.stdout.write(`${usage}\n`);
    return succeeded;
  }
  if (metadata === undefined || out === undefined)
    throw new UsageError("expected --metadata FILE and --out FOLDER; --help says more");
  if (extension !== "js" && extension !== "ts") throw new UsageError(`expected --extension js or ts, got ${extension}`);
  const missing = missingPeers("generate", ["ts-morph", "zod"]);
  if (missing !== undefined) return said(streams.stderr, [`sspi-ffi ${missing}`], misused);
  const { writeBindings } = await import("../../codegen/bindings.ts");
  const library = join(packageFolder(), "metadata");
  const { ok, lines } = writeBindings({ metadata, out, extension: `.${extension}`, check, library });
  return ok ? said(streams.stdout, lines, succeeded) : said(streams.stderr, lines, failed);
};

/** @throws UsageError */
function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; --help says more`);
  }
}

function said(stream: Streams["stdout"], lines: readonly string[], code: number): number {
  for (const line of lines) stream.write(`${line}\n`);
  return code;
}
