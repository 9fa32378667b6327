import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { entryPoints } from "../entry-points.ts";

const root = join(import.meta.dirname, "../..");

/** Runs TypeDoc over all entry points, or over the wanted ones; its settings are in typedoc.json. */
export function makeSite(out: string, wanted: (specifier: string) => boolean = () => true) {
  const sources = entryPoints().filter(({ specifier }) => wanted(specifier));
  const args = ["--out", out, ...sources.flatMap(({ source }) => ["--entryPoints", source])];
  const typedoc = join(root, "node_modules/typedoc/bin/typedoc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, ...args], { cwd: root, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

if (import.meta.filename === process.argv[1]) {
  const { status, said } = makeSite(join(root, "site"));
  console.log(said);
  process.exitCode = status ?? 1;
}
