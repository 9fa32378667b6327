import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, suffix } from "./cache.ts";
import { unpackedArchive } from "./npm-archive.ts";
import { type NodeMajor, nodeRelease } from "./releases.ts";

function folderOf(major: NodeMajor): string {
  return join(cache, `node-${nodeRelease(major).version}${suffix}`);
}

/** Returns the path of a release's `node.exe`, which {@link fetchNode} makes. */
export function nodeExecutable(major: NodeMajor): string {
  return join(folderOf(major), "bin", "node.exe");
}

/** Fetches a Node for Windows into the cache once. */
export function fetchNode(major: NodeMajor): void {
  unpackedArchive(nodeRelease(major), folderOf(major));
  if (major >= 24) withoutVirtualAlloc2(nodeExecutable(major));
}

/**
 * Renames VirtualAlloc2 in the program. Node 24 looks the function up when V8 starts and calls it if it exists; in
 * Wine 8 it is a stub which ends the process. Node finds no function of the new name, and uses the older one.
 */
function withoutVirtualAlloc2(file: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf("VirtualAlloc2\0", 0, "latin1");
  if (at < 0) return;
  bytes.write("VirtualAllocX", at, "latin1");
  writeFileSync(file, bytes);
}
