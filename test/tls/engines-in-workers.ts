import { once } from "node:events";
import { isMainThread } from "node:worker_threads";
import { live } from "../../src/memory/index.ts";
import { workerOf } from "../worker-of.ts";
import { completed, enginePair, through } from "./engine-pair.ts";

/** Handshakes and data; each pair is closed. */
function work(count: number): void {
  for (let round = 0; round < count; round += 1) {
    using pair = completed(enginePair());
    if (through(pair.client, pair.server, `round ${round}`).toString() !== `round ${round}`)
      throw new Error("data was changed");
  }
}

async function ended(): Promise<unknown[]> {
  const worker = workerOf(import.meta.url);
  return once(worker, "exit");
}

if (isMainThread) {
  const workers = [ended(), ended(), ended()];
  work(15);
  const codes = (await Promise.all(workers)).flat();
  // What ended with the workers is not what this thread goes on with.
  work(10);
  console.log(JSON.stringify({ codes, tls: live().tls }));
} else {
  work(15);
  // An engine that is open when its thread ends.
  completed(enginePair());
}
