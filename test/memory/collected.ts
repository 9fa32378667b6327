import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects what is no longer reachable, and runs its finalizers, which come in later tasks. */
export async function collected(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    // A WeakRef keeps its target alive until the end of the task.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  await new Promise((resolve) => setImmediate(resolve));
}
