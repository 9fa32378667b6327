import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "./report.ts";

const program = `
  const start = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - start);
`;

/** What one import takes in a fresh process, in ms. */
export interface ImportTime {
  readonly median: number;
  /** The least of all processes, which other programs disturb least. */
  readonly least: number;
}

/**
 * Measures the import of an empty module, the first of the results, and of each file, in turns. The empty module is a
 * file too: Node loads its file loader with the first of them.
 */
export function importTimes(files: readonly string[], processes: number): readonly ImportTime[] {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-import-"));
  try {
    const empty = join(folder, "empty.mjs");
    writeFileSync(empty, "");
    const all = [empty, ...files].map((file) => ({ url: pathToFileURL(file).href, times: [] as number[] }));
    for (let round = 0; round < processes; round += 1) for (const { url, times } of all) times.push(importOnce(url));
    return all.map(({ times }) => ({ median: median(times), least: Math.min(...times) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importOnce(url: string): number {
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program, url], { encoding: "utf8" }));
}
