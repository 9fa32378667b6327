import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** Starts a worker with a script of the tests and registers tsx there, which tsx does not do itself; a bundle needs none. */
export function workerOf(url: string, options: WorkerOptions = {}): Worker {
  if (!url.endsWith(".ts")) return new Worker(fileURLToPath(url), options);
  const begin = `import("tsx/esm/api").then(({ register }) => (register(), import(${JSON.stringify(url)})))`;
  return new Worker(begin, { ...options, eval: true });
}
