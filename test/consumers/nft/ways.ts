import type { Way } from "../../../scripts/consumers/consumer.ts";
import { koffiBeside } from "../deployed.ts";

const nativePart = "node_modules/@koromix/koffi-$(node -p 'process.platform + \"-\" + process.arch')";

export const title = "@vercel/nft, ncc";

export const ways: readonly Way[] = [
  {
    tool: "@vercel/nft",
    way: "only the files that were traced",
    run: [`node trace.js main.js "$ELSEWHERE"`, `cd "$ELSEWHERE" && find . | grep koffi; node main.js`],
  },
  {
    tool: "@vercel/nft",
    way: "the files that were traced, and `@koromix/koffi-<platform>-<arch>`",
    run: [`node trace.js main.js "$ELSEWHERE" ${nativePart}`, `cd "$ELSEWHERE" && node main.js`],
  },
  {
    tool: "@vercel/ncc",
    way: "`ncc build`",
    run: [
      "ncc build main.js --out out",
      "cp out/index.js out/bundle.mjs",
      "mkdir -p $ELSEWHERE/node_modules && cp -r node_modules/koffi node_modules/@koromix $ELSEWHERE/node_modules; cp -r out/* $ELSEWHERE; cd $ELSEWHERE && node index.js",
    ],
    todo: koffiBeside,
  },
];
