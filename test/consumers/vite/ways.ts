import type { Way } from "../../../scripts/consumers/consumer.ts";
import { deployed, koffiBeside } from "../deployed.ts";

export const title = "Vite";

export const ways: readonly Way[] = [
  {
    tool: "vite",
    way: "`build --ssr`",
    run: ["vite build --ssr main.js --outDir out", "node out/main.js"],
  },
  {
    tool: "vite",
    way: "`build --ssr`, `ssr: { noExternal: true }`",
    run: [
      "vite build --ssr main.js --outDir out --config one-file.config.js",
      "mv out/main.js out/bundle.mjs",
      ...deployed("out/bundle.mjs"),
    ],
    todo: koffiBeside,
  },
];
