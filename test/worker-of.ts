import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** A worker thread that runs a script of the tests: tsx does not reach into workers by itself, and a bundle needs no tsx. */
export function workerOf(url: string, options: WorkerOptions = {}): Worker {
  if (!url.endsWith(".ts")) return new Worker(fileURLToPath(url), options);
  const begin = `import("tsx/esm/api").then(({ register }) => (register(), import(${JSON.stringify(url)})))`;
  return new Worker(begin, { ...options, eval: true });
}
