import { compare } from "../rounds.ts";
import { shaking, type Workload } from "../workloads.ts";
import { nodeExposeSspiContender } from "./contender-node-expose-sspi.ts";
import { secur32Contender } from "./contender-secur32.ts";
import { secur32KoffiContender } from "./contender-secur32-koffi.ts";

/** A process of its own, in Node for Windows: it prints one line of JSON per workload. */
export interface NodeExposeSspiTask {
  /** The folder of npm's package. */
  readonly module: string;
  readonly rounds: number;
  readonly warmUp: number;
}

const task = JSON.parse(process.argv[2] ?? "") as NodeExposeSspiTask;
const workloads: readonly Workload[] = [
  { name: "secur32: Negotiate handshake", slice: 10, prepare: shaking(true) },
  { name: "secur32: list of packages", slice: 200, prepare: ({ lists }) => lists },
  { name: "secur32: acquire + free a credential", slice: 20, prepare: ({ acquisitions }) => acquisitions },
];
await compare(
  [
    nodeExposeSspiContender("node-expose-sspi", task.module),
    nodeExposeSspiContender("node-expose-sspi again", task.module),
    secur32KoffiContender(),
    secur32Contender(),
  ],
  workloads,
  task,
);
