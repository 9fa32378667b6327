import type { Way } from "../../../scripts/consumers/consumer.ts";
import { koffiBeside } from "../deployed.ts";

export const title = "@vercel/nft, ncc";

const nativePart = "node_modules/@koromix/koffi-$(node -p 'process.platform + \"-\" + process.arch')";

export const ways: readonly Way[] = [
  {
    tool: "@vercel/nft",
    way: "only the files that were traced",
    run: [`node trace.js main.js "$ELSEWHERE"`, `cd "$ELSEWHERE" && node main.js`],
    fails: "NativeModuleError: koffi, which calls native functions, cannot be loaded",
    todo: "copy koffi's native part too, as below",
  },
  {
    tool: "@vercel/nft",
    way: "the files that were traced, and `@koromix/koffi-<platform>-<arch>`",
    run: [`node trace.js main.js "$ELSEWHERE" ${nativePart}`, `cd "$ELSEWHERE" && node main.js`],
    todo: "in Next.js `outputFileTracingIncludes`, elsewhere copy the folder",
  },
  {
    tool: "@vercel/ncc",
    way: "`ncc build`",
    run: [
      `ncc build main.js --out "$ELSEWHERE"`,
      `mkdir "$ELSEWHERE/node_modules" && cp -r node_modules/koffi node_modules/@koromix "$ELSEWHERE/node_modules"`,
      `cd "$ELSEWHERE" && node index.js`,
    ],
    todo: koffiBeside,
  },
];
