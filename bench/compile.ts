import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import koffi from "koffi";

/** Something that this machine lacks; its message says what to do. */
export class MissingError extends Error {}

export function checkLibrary(library: string): void {
  try {
    koffi.load(library);
  } catch (error) {
    throw new MissingError(`${error instanceof Error ? error.message : error}; install WinPR 2 (Debian: libwinpr2-2)`);
  }
}

/** Node's own headers: beside the binary, where distributions and the installers of nodejs.org put them. */
function nodeHeaders(): string {
  const folders = [join(dirname(process.execPath), "..", "include", "node"), "/usr/include/node"];
  const found = folders.find((folder) => existsSync(join(folder, "node_api.h")));
  if (!found) throw new MissingError(`node_api.h was found in none of ${folders.join(", ")}: install Node's headers`);
  return found;
}

/** Compiles the native contenders into a folder. */
export function compileNative(sources: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const outputs = [
    { source: "baseline.c", output: "baseline.so", options: [] },
    { source: "gssapi.c", output: "gssapi.so", options: [] },
    { source: "addon.c", output: "addon.node", options: [`-I${nodeHeaders()}`] },
  ];
  for (const { source, output, options } of outputs) {
    const args = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", ...options];
    const gcc = spawnSync("gcc", [...args, "-o", join(folder, output), join(sources, source), "-ldl"], {
      encoding: "utf8",
    });
    if (gcc.error) throw new MissingError(`gcc: ${gcc.error.message}; the native contenders need a C compiler`);
    if (gcc.status !== 0) throw new Error(`gcc could not compile ${source}:\n${gcc.stderr}`);
  }
}

/** Bundles the measuring processes with the library, as the package is built, so that no loader is in their way. */
export async function bundleProcesses(sources: string, folder: string, names: readonly string[]): Promise<void> {
  await build({
    entryPoints: names.map((name) => join(sources, `${name}.ts`)),
    outdir: folder,
    outbase: sources,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["koffi", "undici"],
    sourcemap: "inline",
  });
}
