import { once } from "node:events";
import { isMainThread } from "node:worker_threads";
import { live } from "../../src/memory/index.ts";
import { workerOf } from "../worker-of.ts";
import { completed, enginePair, through } from "./engine-pair.ts";

/** Runs handshakes and sends data with `count` pairs, each of which is closed. */
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
  // The ended workers must not affect the engines of this thread.
  work(10);
  console.log(JSON.stringify({ codes, tls: live().tls }));
} else {
  work(15);
  // These engines stay open when their thread ends.
  completed(enginePair());
}
