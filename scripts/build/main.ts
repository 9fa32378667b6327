import { readdirSync, rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { entryPoints, programs } from "../entry-points.ts";
import { writeOutput } from "./finish-output.ts";
import { narrowImports } from "./narrow-imports.ts";

const root = join(import.meta.dirname, "../..");
process.chdir(root);
rmSync("dist", { recursive: true, force: true });

const files = ["src", "generated"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(root, folder, name)),
);

const sources = entryPoints().map(({ source }) => join(root, source));

const options: BuildOptions = {
  outdir: "dist",
  outbase: "src",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["koffi", "undici", "ts-morph", "zod"],
  write: false,
  sourcemap: true,
  // Saves half a millisecond of parsing; names stay, and lines stay short enough for a stack trace.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
};

// Build one file per entry point, and some files with the code that they share: loading a hundred small modules would
// cost more than everything else.
writeOutput(await build({ ...options, entryPoints: [...sources], plugins: [narrowImports(root, files, sources)] }));

/** Makes a program import the built entry points: `live()` at its prompt then counts in the same library. */
const onEntryPoints: Plugin = {
  name: "on-entry-points",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path);
      if (!sources.includes(file)) return undefined;
      const from = programs().map((program) => dirname(join(root, program)))[0] as string;
      return { path: relative(from, file).replaceAll(sep, "/").replace(/\.ts$/, ".js"), external: true };
    });
  },
};

// Build the programs separately, so that they do not split the library into more files.
writeOutput(
  await build({
    ...options,
    entryPoints: [...programs()],
    chunkNames: "command/[name]-[hash]",
    plugins: [onEntryPoints],
  }),
);
