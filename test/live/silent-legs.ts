import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { isMainThread, parentPort, type Worker } from "node:worker_threads";
import { silentRealm } from "../../scripts/lab/accounts.ts";
import { ClientContext, Credential, gssapiProvider, ServerContext } from "../../src/index.ts";
import { workerOf } from "../worker-of.ts";

/** The outcome of twelve legs of three threads that ask a KDC which never answers, and of other work meanwhile. */
export interface SilentLegs {
  /** Whether files, a name and an accepting leg had completed before any of these legs ended. */
  readonly others: { readonly files: number; readonly name: boolean; readonly accepted: string };
  /** How many legs had ended at that time. */
  readonly ended: number;
  /** The codes with which the legs ended. */
  readonly codes: readonly string[];
  /** When the last leg ended, in milliseconds after the first began. */
  readonly after: number;
}

const provider = gssapiProvider();
const timeout = 4_000;

async function askSilentKdc(): Promise<void> {
  // This call runs on this thread: off the event loop it would wait behind the legs of the other threads.
  using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound", provider });
  const target = `HTTP/web.silent.test@${silentRealm}`;
  const legs = Array.from({ length: 4 }, async () => {
    using client = new ClientContext(credential, { target });
    return client.step(undefined, { timeout }).then(
      () => "a token",
      (error: { code: string }) => error.code,
    );
  });
  parentPort?.postMessage("begun");
  for (const leg of legs) void leg.then((code) => parentPort?.postMessage({ code }));
}

async function main(): Promise<SilentLegs> {
  using outbound = await Credential.acquire({ package: "Kerberos", use: "outbound", provider });
  using inbound = await Credential.acquire({ package: "Kerberos", use: "inbound", provider });
  using client = new ClientContext(outbound, { target: "HTTP/localhost" });
  const { token } = await client.step();
  const workers = Array.from({ length: 3 }, () => workerOf(import.meta.url));
  const codes: string[] = [];
  for (const worker of workers)
    worker.on("message", (message: "begun" | { readonly code: string }) => {
      if (message !== "begun") codes.push(message.code);
    });
  await Promise.all(workers.map((worker: Worker) => once(worker, "message")));
  const begun = performance.now();
  using server = new ServerContext(inbound);
  const [files, name, leg] = await Promise.all([
    Promise.all(Array.from({ length: 100 }, () => readFile(new URL(import.meta.url)))),
    lookup("localhost"),
    server.step(token as Buffer),
  ]);
  const others = { files: files.length, name: name.address !== "", accepted: leg.status };
  const ended = codes.length;
  while (codes.length < 12) await new Promise((resolve) => setTimeout(resolve, 10));
  return { others, ended, codes, after: performance.now() - begun };
}

if (isMainThread) {
  const report = JSON.stringify(await main());
  // The pending native call would keep the process running until the library gives up on the KDC.
  process.stdout.write(report, () => process.kill(process.pid, "SIGKILL"));
} else await askSilentKdc();
