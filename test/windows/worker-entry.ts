import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { cache, root } from "../../scripts/windows/cache.ts";
import { koffiResources } from "../../scripts/windows/koffi-for-windows.ts";

/** Files that node.exe is started with. */
export interface WorkerEntry {
  readonly worker: string;
  /** Loaded before everything else, in the worker and in every Node that a test starts. */
  readonly preload: string;
}

let made: Promise<WorkerEntry> | undefined;

/** The worker as JavaScript: Node 20 runs no TypeScript. */
export function workerEntry(): Promise<WorkerEntry> {
  made ??= make();
  return made;
}

async function make(): Promise<WorkerEntry> {
  mkdirSync(cache, { recursive: true });
  // Another run may be starting what is there: it is replaced in one piece.
  const [worker, preload] = [join(cache, "worker.mjs"), join(cache, "preload.cjs")];
  const scratch = `.${process.pid}`;
  await build({
    entryPoints: [join(root, "test/windows/worker.ts")],
    outfile: worker + scratch,
    bundle: true,
    format: "esm",
    platform: "node",
    // By its real path, which is how Vitest loads its other parts: two copies would not know each other's tests.
    alias: { "vitest/worker": import.meta.resolve("vitest/worker").replace("file:///", "file:///Z:/") },
    external: ["file:*"],
    logLevel: "warning",
  });
  writeFileSync(preload + scratch, `process.resourcesPath ??= ${JSON.stringify(`Z:${koffiResources()}`)};\n`);
  for (const file of [worker, preload]) renameSync(file + scratch, file);
  return { worker, preload };
}
