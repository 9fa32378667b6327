import type { Way } from "../../../scripts/consumers/consumer.ts";
import { deployed, koffiBeside } from "../deployed.ts";

const formats = [
  { format: "esm", bundle: "out/bundle.mjs" },
  { format: "cjs", bundle: "out/bundle.cjs" },
];

export const title = "rollup, rolldown";

export const ways: readonly Way[] = formats.flatMap(({ format, bundle }) => [
  {
    tool: "rollup",
    way: `with \`@rollup/plugin-node-resolve\`, \`--format ${format}\``,
    run: [
      `rollup main.js --plugin "node-resolve={preferBuiltins:true}" --format ${format} --file ${bundle}`,
      ...deployed(bundle),
    ],
    todo: koffiBeside,
  },
  {
    tool: "rolldown",
    way: `\`--platform node --format ${format}\``,
    run: [`rolldown main.js --platform node --format ${format} --file ${bundle}`, ...deployed(bundle)],
    todo: koffiBeside,
  },
]);
