import { systemProvider } from "../src/index.ts";
import type { Setting } from "./contender.ts";
import { addonContender } from "./contender-addon.ts";
import { apiContender } from "./contender-api.ts";
import { cContender } from "./contender-c.ts";
import { koffiContender } from "./contender-koffi.ts";
import { layerContender } from "./contender-layer.ts";
import { compare } from "./rounds.ts";
import { workloads } from "./workloads.ts";

/** A process of its own: `measure-ratios.mjs '{ setting, rounds, warmUp }'` prints one line of JSON per workload. */
const { setting, rounds, warmUp, only } = JSON.parse(process.argv[2] ?? "") as {
  readonly setting: Setting;
  readonly rounds: number;
  readonly warmUp: number;
  readonly only?: string;
};
const provider = systemProvider(setting.library);
const contenders = [
  cContender("C", setting),
  // The same code twice: what its ratio is not 1.00 by is the noise of all the others.
  cContender("C again", setting),
  addonContender(setting),
  koffiContender(setting, provider),
  layerContender(setting, provider),
  apiContender(setting, provider),
];
await compare(
  contenders,
  workloads.filter(({ name }) => only === undefined || name.includes(only)),
  { rounds, warmUp },
);
