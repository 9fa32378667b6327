import { once } from "node:events";
import { isMainThread, parentPort, type Worker, workerData } from "node:worker_threads";
import { i32, u32 } from "../../src/ctypes/index.ts";
import { callOffThread } from "../../src/native/async-calls.ts";
import { NativeLibrary } from "../../src/native/native-library.ts";
import { type CallKind, freePlace, places, takePlace } from "../../src/native/places.ts";
import { takeTurn } from "../../src/native/turns.ts";
import { workerOf } from "../worker-of.ts";
import { byValue, declared, libc } from "./libc.ts";

type Task = "share" | "hang" | "hang and exit" | "nest";

interface Given {
  readonly task: Task;
  /** Three counts of the process: running calls, the most calls that ran at once, and ended calls. */
  readonly counts: Int32Array;
}

const usleep = NativeLibrary.load(libc).bind(declared("usleep", i32, byValue("microseconds", u32)));
if (!usleep) throw new Error(`${libc} has no usleep`);
const native = usleep;

async function sleep(kind: CallKind, microseconds: number, counts: Int32Array): Promise<void> {
  const turn = await takeTurn(kind);
  const running = Atomics.add(counts, 0, 1) + 1;
  for (let most = Atomics.load(counts, 1); running > most; most = Atomics.load(counts, 1))
    Atomics.compareExchange(counts, 1, most, running);
  const call = callOffThread(native, [microseconds]);
  if (microseconds > 100_000) parentPort?.postMessage("begun");
  await call;
  Atomics.sub(counts, 0, 1);
  Atomics.add(counts, 2, 1);
  turn.end();
}

async function share(counts: Int32Array): Promise<void> {
  const kinds = ["accepting", "initiating"] as const;
  await Promise.all(Array.from({ length: 10 }, (_, index) => sleep(kinds[index % 2] as CallKind, 10_000, counts)));
}

function started(task: Task, counts: Int32Array): Worker {
  return workerOf(import.meta.url, { workerData: { task, counts } satisfies Given });
}

/** How many places this thread gets. */
function free(): number {
  const taken = Array.from({ length: places }, () => takePlace("accepting")).filter((place) => place !== undefined);
  for (const place of taken) freePlace(place);
  return taken.length;
}

/** How many places are free while a worker holds one, and after the worker ended. */
async function ended(task: Task): Promise<readonly number[]> {
  const worker = started(task, new Int32Array(new SharedArrayBuffer(12)));
  const exit = once(worker, "exit");
  await once(worker, "message");
  const during = free();
  if (task === "hang and exit") await exit;
  else await worker.terminate();
  return [during, free()];
}

async function main(): Promise<object> {
  const counts = new Int32Array(new SharedArrayBuffer(12));
  const workers = Array.from({ length: 3 }, () => once(started("share", counts), "exit"));
  await Promise.all([share(counts), ...workers]);
  const [, most, calls] = counts;
  return {
    places,
    ...{ most, calls, free: free() },
    terminated: await ended("hang"),
    exited: await ended("hang and exit"),
    nested: await ended("nest"),
  };
}

if (isMainThread) console.log(JSON.stringify(await main()));
else {
  const { task, counts } = workerData as Given;
  if (task === "share") await share(counts);
  else if (task === "nest") {
    const inner = started("hang", counts);
    inner.on("message", (message) => parentPort?.postMessage(message));
    await once(inner, "exit");
  } else {
    const call = sleep("accepting", 400_000, counts);
    if (task === "hang and exit") setTimeout(() => process.exit(0), 50);
    await call;
  }
}
