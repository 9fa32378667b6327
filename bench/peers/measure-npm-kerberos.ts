import { gssapiProvider } from "../../src/index.ts";
import { gssapiAsyncContender } from "../contender-gssapi-api.ts";
import { gssapiAsyncFloor } from "../contender-gssapi-c.ts";
import type { GssapiSetting } from "../gssapi-setting.ts";
import { compare } from "../rounds.ts";
import { shaking } from "../workloads.ts";
import { npmKerberosContender } from "./contender-npm-kerberos.ts";

/** A process of its own: `measure-npm-kerberos.mjs TASK` prints one line of JSON per workload. */
export interface NpmKerberosTask {
  readonly setting: GssapiSetting;
  /** The folder of npm's package. */
  readonly module: string;
  readonly rounds: number;
  readonly warmUp: number;
}

const task = JSON.parse(process.argv[2] ?? "") as NpmKerberosTask;
const { setting, module } = task;
await compare(
  [
    npmKerberosContender("npm kerberos", module),
    npmKerberosContender("npm kerberos again", module),
    gssapiAsyncFloor(setting),
    gssapiAsyncContender(setting, gssapiProvider(setting.library)),
  ],
  [{ name: "Kerberos handshake, off the event loop", slice: 15, prepare: shaking(true) }],
  task,
);
