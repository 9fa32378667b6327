import { systemProvider } from "../src/index.ts";
import type { Setting } from "./contender.ts";
import { addonContender } from "./contender-addon.ts";
import { apiContender } from "./contender-api.ts";
import { cContender } from "./contender-c.ts";

/** What is to be measured: one contender, in a process of its own. */
export interface GrowthTask {
  readonly setting: Setting;
  readonly contender: string;
  /** Handshakes before, until the compiler is done. */
  readonly settling: number;
  readonly handshakes: number;
  /** Whether the event loop gets its turn now and then, as in a server; finalizers run only there. */
  readonly turns: boolean;
}

const { setting, contender, settling, handshakes, turns } = JSON.parse(process.argv[2] ?? "") as GrowthTask;
const candidates = {
  C: () => cContender("C", setting),
  addon: () => addonContender(setting),
  "public API": () => apiContender(setting, systemProvider(setting.library)),
};
const subject = candidates[contender as keyof typeof candidates]();
const slice = 100;

async function run(count: number): Promise<void> {
  for (let done = 0; done < count; done += slice) {
    subject.handshakes?.(slice, false);
    if (turns) await new Promise((resolve) => setImmediate(resolve));
  }
}

await run(settling);
const before = process.memoryUsage.rss();
await run(handshakes);
console.log(JSON.stringify({ bytes: process.memoryUsage.rss() - before }));
