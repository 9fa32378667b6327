import { gssapiProvider } from "../src/index.ts";
import type { Contender } from "./contender.ts";
import { gssapiApiContender } from "./contender-gssapi-api.ts";
import { gssapiCContender } from "./contender-gssapi-c.ts";
import { gssapiKoffiContender } from "./contender-gssapi-koffi.ts";
import { type GssapiSetting, kerberosToken } from "./gssapi-setting.ts";
import { compare } from "./rounds.ts";
import { protection, shaking, type Workload } from "./workloads.ts";

/** A process of its own: `measure-gssapi.mjs TASK` prints one line of JSON per workload, or one on memory. */
export interface GssapiTask {
  readonly setting: GssapiSetting;
  readonly rounds: number;
  readonly warmUp: number;
  readonly settling: number;
  readonly handshakes: number;
  /** Whose memory is to be measured, in place of the time of all. */
  readonly growthOf?: "C" | "public API";
}

export interface GssapiGrowth {
  readonly bytes: number;
}

const task = JSON.parse(process.argv[2] ?? "") as GssapiTask;
const { setting } = task;
const provider = gssapiProvider(setting.library);

function handshakes(what: string, reuse: boolean): Workload {
  return {
    name: `${setting.package} handshake, ${what}`,
    slice: 15,
    prepare: shaking(reuse),
  };
}

async function compareAll(): Promise<void> {
  const shaking = [handshakes("a credential a context", true), handshakes("both credentials acquired", false)];
  await compare(
    [
      gssapiCContender("C", setting),
      gssapiCContender("C again", setting),
      gssapiKoffiContender(setting),
      gssapiApiContender(setting, provider),
    ],
    setting.package === "Kerberos" ? [...shaking, ...protection("Kerberos: ", kerberosToken)] : shaking,
    task,
  );
}

/** Each of them takes the event loop's turns, in which finalizers run. */
async function growth(contender: Contender): Promise<GssapiGrowth> {
  const run = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 100) {
      await contender.handshakes?.(100, true);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await run(task.settling);
  const before = process.memoryUsage.rss();
  await run(task.handshakes);
  const bytes = process.memoryUsage.rss() - before;
  await contender.close?.();
  return { bytes };
}

if (task.growthOf === undefined) await compareAll();
else {
  const subject = task.growthOf === "C" ? gssapiCContender("C", setting) : gssapiApiContender(setting, provider);
  console.log(JSON.stringify(await growth(subject)));
}
