import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const file = "owner.pid";

/** Records that this process owns a folder. */
export function setOwner(folder: string): void {
  writeFileSync(join(folder, file), String(process.pid));
}

/**
 * Removes folders whose owner was killed before it could remove them: the kernel ended its processes, but kept its
 * files.
 */
export function removeAbandoned(prefix: string): void {
  for (const name of readdirSync(dirname(prefix)).filter((entry) => entry.startsWith(basename(prefix)))) {
    const folder = join(dirname(prefix), name);
    if (existsSync(join(folder, file)) && !isRunning(Number(readFileSync(join(folder, file), "utf8"))))
      rmSync(folder, { recursive: true, force: true });
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
