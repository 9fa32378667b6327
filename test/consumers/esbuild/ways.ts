import type { Way } from "../../../scripts/consumers/consumer.ts";
import { deployed, koffiBeside } from "../deployed.ts";

const esbuild = "esbuild main.js --bundle --platform=node --target=node20";

export const title = "esbuild";

export const ways: readonly Way[] = [
  {
    tool: "esbuild",
    way: "`--bundle --platform=node --format=esm`",
    run: [`${esbuild} --format=esm --outfile=out/bundle.mjs`, ...deployed("out/bundle.mjs")],
    todo: koffiBeside,
  },
  {
    tool: "esbuild",
    way: "`--bundle --platform=node --format=cjs`",
    run: [`${esbuild} --format=cjs --outfile=out/bundle.cjs`, ...deployed("out/bundle.cjs")],
    todo: koffiBeside,
  },
];
