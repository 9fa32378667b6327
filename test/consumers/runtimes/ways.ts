import type { Way } from "../../../scripts/consumers/consumer.ts";

export const title = "Bun, Deno";

export const ways: readonly Way[] = [
  { tool: "bun", way: "`bun main.js`", run: ["bun main.js"] },
  {
    tool: "bun",
    way: "`bun build --target=bun`",
    run: ["bun build main.js --target=bun --outfile=out/bundle.js", "bun out/bundle.js"],
  },
  {
    tool: "deno",
    way: "`deno run`, with a package.json and node_modules",
    run: ["deno run --allow-all main.js"],
    todo: "`--allow-ffi`, `--allow-read`, `--allow-env`, `--allow-sys`, or `--allow-all`",
  },
];
