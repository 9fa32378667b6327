import { Worker } from "node:worker_threads";

/** The maximum length of a name in the report. */
const nameSize = 200;

/**
 * The code of the watching thread. It is plain JavaScript in a string, because bundlers would not find a file. While
 * `calls` is odd a call is in progress; the name of the called function follows `calls` in the shared memory.
 */
const watching = `
const { workerData: { shared, limit } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const calls = new Int32Array(shared, 0, 1);
const name = new Uint8Array(shared, 4);
for (let told = 0; ; ) {
  const seen = Atomics.load(calls, 0);
  if (seen % 2 === 0 || seen === told) { Atomics.wait(calls, 0, seen); continue; }
  if (Atomics.wait(calls, 0, seen, limit) !== "timed-out") continue;
  told = seen;
  const text = Buffer.from(name).toString("utf8").replace(/\\0.*/s, "");
  writeSync(2, "sspi-ffi: " + text + " has not returned for " + limit + " ms. If it waits for a thread of its own that calls the host, it waits for ever.\\n");
}
`;

/**
 * Reports on stderr a call of a package that does not return: the thread that made the call waits, and cannot report
 * it. Costs a few atomic operations per call, and a thread.
 */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(4 + nameSize);
  readonly #calls = new Int32Array(this.#shared, 0, 1);
  readonly #name = new Uint8Array(this.#shared, 4);
  readonly #worker: Worker;
  #depth = 0;

  /** `limit` is in milliseconds. */
  constructor(limit: number) {
    this.#worker = new Worker(watching, { eval: true, workerData: { shared: this.#shared, limit } });
    this.#worker.unref();
  }

  /** Records that a call begins. A nested call counts as part of the outermost one. */
  begin(name: string): void {
    this.#depth += 1;
    if (this.#depth > 1) return;
    this.#name.fill(0);
    this.#name.set(Buffer.from(name).subarray(0, nameSize));
    this.#turn();
  }

  end(): void {
    this.#depth -= 1;
    if (this.#depth === 0) this.#turn();
  }

  close(): void {
    void this.#worker.terminate();
  }

  #turn(): void {
    Atomics.add(this.#calls, 0, 1);
    Atomics.notify(this.#calls, 0);
  }
}
