import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, suffix } from "./cache.ts";
import { unpackedArchive } from "./npm-archive.ts";
import { type NodeMajor, nodeRelease } from "./releases.ts";

function folderOf(major: NodeMajor): string {
  return join(cache, `node-${nodeRelease(major).version}${suffix}`);
}

/** Where the `node.exe` of a release is, once {@link fetchNode} has run. */
export function nodeExecutable(major: NodeMajor): string {
  return join(folderOf(major), "bin", "node.exe");
}

/** Fetches a Node for Windows into the cache, unless it is there. */
export function fetchNode(major: NodeMajor): void {
  unpackedArchive(nodeRelease(major), folderOf(major));
  if (major >= 24) withoutVirtualAlloc2(nodeExecutable(major));
}

/**
 * Node 24 looks VirtualAlloc2 up when V8 starts and calls what it finds; in Wine 8 that is a stub which ends
 * the process. Under a name that nobody has it takes the older function.
 */
function withoutVirtualAlloc2(file: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf("VirtualAlloc2\0", 0, "latin1");
  if (at < 0) return;
  bytes.write("VirtualAllocX", at, "latin1");
  writeFileSync(file, bytes);
}
