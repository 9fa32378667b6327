import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { cache, root } from "../../scripts/windows/cache.ts";
import { koffiPreload } from "../../scripts/windows/koffi-for-windows.ts";
import { wineDrive } from "../../scripts/windows/wine.ts";

/** The files with which node.exe is started. */
export interface WorkerEntry {
  readonly worker: string;
  /** Loaded first, in the worker and in every Node that a test starts. */
  readonly preload: string;
}

let made: Promise<WorkerEntry> | undefined;

/** Bundles the worker as JavaScript, because Node 20 runs no TypeScript. */
export function workerEntry(): Promise<WorkerEntry> {
  made ??= make();
  return made;
}

async function make(): Promise<WorkerEntry> {
  mkdirSync(cache, { recursive: true });
  // Another run may be using the existing files, so renames replace them atomically.
  const [worker, preload] = [join(cache, "worker.mjs"), join(cache, "preload.cjs")];
  const scratch = `.${process.pid}`;
  await build({
    entryPoints: [join(root, "test/windows/worker.ts")],
    outfile: worker + scratch,
    bundle: true,
    format: "esm",
    platform: "node",
    // Vitest loads its other parts by their real path; a second copy would not know the first one's tests.
    alias: { "vitest/worker": import.meta.resolve("vitest/worker").replace("file:///", `file:///${wineDrive}/`) },
    external: ["file:*"],
    logLevel: "warning",
  });
  writeFileSync(preload + scratch, koffiPreload());
  for (const file of [worker, preload]) renameSync(file + scratch, file);
  return { worker, preload };
}
