import { Worker } from "node:worker_threads";

/** How much of a name is told. */
const nameSize = 200;

/**
 * The thread that watches. It is plain JavaScript in a string, since bundlers would not find a file. While `calls` is
 * odd a call is under way; the name of what is called is behind it.
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
 * Tells on stderr of a call of a package that does not return: the only thread that could do anything about it is the
 * one that waits. Costs a few atomic operations a call, and a thread.
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

  /** A call begins. Calls within calls belong to the outermost. */
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
