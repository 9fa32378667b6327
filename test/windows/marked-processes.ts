import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** The running processes whose environment contains `mark`, which the test put there when it started them. */
export function markedProcesses(mark: string): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && read(pid, "environ").includes(mark))
    .filter((pid) => !/^State:\s+[ZX]/m.test(read(pid, "status")));
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

/** Waits until a condition holds; returns false if it does not hold in time. */
export async function within(milliseconds: number, holds: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; !holds(); await pause(50)) if (Date.now() > deadline) return false;
  return true;
}
