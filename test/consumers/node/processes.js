import { fork } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";

cluster.setupPrimary({ exec: "child.js" });
const ended = [cluster.fork().process, fork("child.js")].map((child) => once(child, "exit"));
for (const [status] of await Promise.all(ended)) if (status !== 0) throw new Error(`a process ended with ${status}`);
