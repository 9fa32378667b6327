import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Whether Node was started with this module. The two paths may differ in spelling: one may contain a link or, on
 * Windows, use another case.
 */
export function isStarted(moduleUrl: string): boolean {
  const [, started = ""] = process.argv;
  return existsSync(started) && canonical(started) === canonical(fileURLToPath(moduleUrl));
}

function canonical(file: string): string {
  const real = realpathSync.native(file);
  return process.platform === "win32" ? real.toLowerCase() : real;
}
