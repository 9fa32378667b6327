import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });

// One file a door, with what both use in a third: loading a hundred small modules would cost more than all else.
await build({
  entryPoints: ["src/index.ts", "src/raw.ts", "src/packages.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["koffi"],
  sourcemap: true,
  // Half a millisecond less to parse; names stay, and so do lines short enough for a stack trace.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
});
