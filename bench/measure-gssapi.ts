import { gssapiProvider } from "../src/index.ts";
import type { Contender } from "./contender.ts";
import { gssapiApiContender, gssapiAsyncContender } from "./contender-gssapi-api.ts";
import { gssapiCContender } from "./contender-gssapi-c.ts";
import { npmKerberosContender } from "./contender-npm-kerberos.ts";
import { type GssapiSetting, kerberosToken } from "./gssapi-setting.ts";
import { type Measured, measure } from "./rounds.ts";
import { protection, type Workload } from "./workloads.ts";

/** A process of its own: `measure-gssapi.mjs '{ setting, rounds, warmUp }'` prints one line of JSON per workload. */
export interface GssapiTask {
  readonly setting: GssapiSetting;
  readonly rounds: number;
  readonly warmUp: number;
  readonly only?: string;
}

const { setting, rounds, warmUp, only } = JSON.parse(process.argv[2] ?? "") as GssapiTask;
const provider = gssapiProvider(setting.library);

function handshakes(what: string, reuse: boolean): Workload {
  return {
    name: `${setting.package} handshake, ${what}`,
    slice: 15,
    prepare: (contender) => (count) => contender.handshakes(count, reuse),
  };
}

async function run(contenders: readonly Contender[], workloads: readonly Workload[]): Promise<void> {
  const entries = contenders.map((contender) => ({ contender, established: contender.establish?.() }));
  for (const workload of workloads) {
    if (only !== undefined && !workload.name.includes(only)) continue;
    const measured: Measured = await measure(workload, entries, rounds, warmUp);
    console.log(JSON.stringify(measured));
  }
  for (const { contender, established } of entries) {
    established?.close();
    await contender.close?.();
  }
}

const sealing = setting.package === "Kerberos" ? protection(kerberosToken) : [];
await run(
  [gssapiCContender("C", setting), gssapiCContender("C again", setting), gssapiApiContender(setting, provider)],
  [handshakes("a credential a context", true), handshakes("both credentials acquired", false), ...sealing],
);
// npm's package cannot be told to negotiate.
if (setting.npmKerberos !== undefined && setting.package === "Kerberos")
  await run(
    [
      npmKerberosContender("npm kerberos", setting.npmKerberos),
      npmKerberosContender("npm kerberos again", setting.npmKerberos),
      gssapiAsyncContender(setting, provider),
    ],
    [handshakes("off the event loop", true)],
  );
