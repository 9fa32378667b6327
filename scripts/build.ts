import { rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { entryPoints, programs } from "./entry-points.ts";

const root = join(import.meta.dirname, "..");
process.chdir(root);
rmSync("dist", { recursive: true, force: true });

const options: BuildOptions = {
  outdir: "dist",
  outbase: "src",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["koffi", "undici", "ts-morph", "zod"],
  sourcemap: true,
  // Half a millisecond less to parse; names stay, and so do lines short enough for a stack trace.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
};

// One file an entry point, with what both use in a third: loading a hundred small modules would cost more than all else.
await build({ ...options, entryPoints: entryPoints().map(({ source }) => source) });

const sources = entryPoints().map(({ source }) => join(root, source));

/** A program stands on the entry points, as they are built: whoever calls `live()` at its prompt means the one library. */
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

// Built apart, so that its parts do not cut the library into more files.
await build({
  ...options,
  entryPoints: [...programs()],
  chunkNames: "command/[name]-[hash]",
  plugins: [onEntryPoints],
});
