import { embeddedToken, hostedContender } from "./contender-hosted.ts";
import { packageContender } from "./contender-package.ts";
import { compare } from "./rounds.ts";
import { protection, shaking } from "./workloads.ts";

/** A process of its own: `measure-hosted.mjs '{ rounds, warmUp }'` prints one line of JSON per workload. */
const task = JSON.parse(process.argv[2] ?? "") as { readonly rounds: number; readonly warmUp: number };
await compare(
  [packageContender("package alone"), packageContender("package alone again"), hostedContender()],
  [
    { name: "embedded: handshake", slice: 10, prepare: shaking(true) },
    ...protection("embedded: ", embeddedToken).slice(0, 3),
  ],
  task,
);
