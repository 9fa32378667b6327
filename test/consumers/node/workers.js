import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { handshakes } from "./handshake.js";

if (isMainThread) {
  let lines = [];
  for (let number = 1; number <= 3; number += 1) {
    const worker = new Worker(new URL(import.meta.url));
    const ended = once(worker, "exit");
    [lines] = await once(worker, "message");
    await ended;
  }
  console.log(lines.join("\n"));
} else {
  parentPort.postMessage(await handshakes());
}
