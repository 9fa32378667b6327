import type { Way } from "../../../scripts/consumers/consumer.ts";
import { deployed, koffiBeside } from "../deployed.ts";

export const title = "webpack";

export const ways: readonly Way[] = [
  {
    tool: "webpack",
    way: '`target: "node20"`',
    run: ["webpack --config as-it-is.config.js", ...deployed("out/bundle.cjs")],
    fails: "what was loaded as koffi is not koffi",
    todo: "name koffi in `externals`, as below",
  },
  {
    tool: "webpack",
    way: '`externals: { koffi: "commonjs koffi" }`',
    run: ["webpack --config external.config.js", ...deployed("out/bundle.cjs")],
    todo: koffiBeside,
  },
  {
    tool: "webpack",
    way: '`output.module`, `externals: { koffi: "node-commonjs koffi" }`',
    run: ["webpack --config module.config.js", ...deployed("out/bundle.mjs")],
    todo: koffiBeside,
  },
];
