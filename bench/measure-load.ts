import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { ClientContext, Credential, type SecurityProvider, ServerContext, systemProvider } from "../src/index.ts";
import { alice, expect, target } from "./contender.ts";
import { establishContexts } from "./contender-api.ts";
import { cContender } from "./contender-c.ts";
import type { LiveRow, LoadRow, LoadTask } from "./load.ts";
import { processorTimeSince } from "./processor-time.ts";
import { median } from "./report.ts";

/** What one thread has done. */
type Share = Pick<LoadRow, "legsPerSecond" | "delay">;

interface WorkerTask extends LoadTask {
  readonly inFlight: number;
}

const legs = 4;

/** Makes handshakes, `inFlight` at once, and says how late the event loop was meanwhile. */
async function shareOf({ library, samFile, duration, inFlight }: WorkerTask): Promise<Share> {
  const provider = systemProvider(library);
  const client = await Credential.acquire({ package: "NTLM", use: "outbound", identity: alice, provider });
  const server = await Credential.acquire({ package: "NTLM", use: "inbound", winpr: { samFile }, provider });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  let done = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - start < duration) {
      await handshake(client, server);
      done += 1;
    }
  };
  delay.enable();
  await Promise.all(Array.from({ length: inFlight }, loop));
  delay.disable();
  const seconds = (performance.now() - start) / 1000;
  client.close();
  server.close();
  const late = (percentile: number): number => Math.max(0, delay.percentile(percentile) / 1e6 - 1);
  return { legsPerSecond: (done * legs) / seconds, delay: { p50: late(50), p99: late(99) } };
}

async function handshake(clientCredential: Credential, serverCredential: Credential): Promise<void> {
  const client = new ClientContext(clientCredential, { target, request: ["confidentiality"] });
  const server = new ServerContext(serverCredential, { request: ["confidentiality"] });
  const challenge = await server.step((await client.step()).token as Buffer);
  const end = await server.step((await client.step(challenge.token as Buffer)).token as Buffer);
  expect(client.complete && end.status === "complete", "handshake under load");
  client.close();
  server.close();
}

async function loadRow(task: LoadTask, workers: number, inFlight: number): Promise<LoadRow> {
  const shares = await Promise.all(
    Array.from({ length: workers }, async (): Promise<Share> => {
      const given: WorkerTask = { ...task, inFlight: Math.ceil(inFlight / workers) };
      if (workers === 1) return shareOf(given);
      const worker = new Worker(new URL(import.meta.url), { workerData: given });
      const [share] = (await once(worker, "message")) as [Share];
      await once(worker, "exit");
      return share;
    }),
  );
  const worst = (of: (share: Share) => number): number => Math.max(...shares.map(of));
  return {
    workers,
    inFlight,
    legsPerSecond: shares.reduce((sum, share) => sum + share.legsPerSecond, 0),
    delay: { p50: worst(({ delay }) => delay.p50), p99: worst(({ delay }) => delay.p99) },
  };
}

const slice = 100;
const slices = 5;

/**
 * Opens pairs of contexts until so many are open, and measures handshakes beside them, in turns with C's; then another
 * number of contexts, and again all of them. What is measured is processor time, which other programs take nothing of.
 */
function liveRows(setting: LoadTask, provider: SecurityProvider, numbers: readonly number[]): readonly LiveRow[] {
  const c = cContender("C", setting);
  const shake = (): void => {
    for (let index = 0; index < slice; index += 1)
      for (const context of establishContexts(setting, provider)) context.close();
  };
  const rows = numbers.map((live) => ({ live, ours: [] as number[], toC: [] as number[], bytes: [] as number[] }));
  for (let round = -1; round < setting.liveRounds; round += 1)
    for (const { live, ours, toC, bytes } of rows) {
      const before = process.memoryUsage.rss();
      const open = Array.from({ length: live / 2 }, () => establishContexts(setting, provider)).flat();
      bytes.push((process.memoryUsage.rss() - before) / live);
      for (let count = 0; count < slices; count += 1) {
        const [mine, baseline] = [processorTime(shake), processorTime(() => c.handshakes?.(slice, false))];
        // The first round warms up.
        if (round < 0) continue;
        ours.push(mine);
        toC.push(mine / baseline);
      }
      for (const context of open) context.close();
    }
  return rows.map(({ live, ours, toC, bytes }) => ({
    live,
    handshake: Math.min(...ours) / slice,
    toC: median(toC),
    // The first time is the one in which memory was not there yet.
    bytes: live < 10_000 ? undefined : bytes[0],
  }));
}

/** How much time of processors work takes, in µs. */
function processorTime(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  return processorTimeSince(start);
}

if (isMainThread) {
  const task = JSON.parse(process.argv[2] ?? "") as LoadTask;
  for (const workers of [1, 2])
    for (const inFlight of [1, 10, 100, 1000])
      if (inFlight >= workers) console.log(JSON.stringify(await loadRow(task, workers, inFlight)));
  for (const row of liveRows(task, systemProvider(task.library), [2, 100, 10_000])) console.log(JSON.stringify(row));
} else {
  parentPort?.postMessage(await shareOf(workerData as WorkerTask));
}
