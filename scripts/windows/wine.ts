import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { architecture } from "./architecture.ts";
import { cache, suffix } from "./cache.ts";
import { wine32 } from "./debian.ts";

/** Paths of Wine, Debian's first, which is in no `PATH`. */
const places = architecture === "x64" ? ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/bin/wine"] : [wine32];

export function findWine(): string | undefined {
  return places.find((place) => existsSync(place));
}

/** Returns the path of Wine. @throws Error naming the package. */
export function wine(): string {
  const found = findWine();
  const mend = architecture === "x64" ? "(Debian: wine64): npm run provision" : "for 32 bits: npm run test:ia32";
  if (!found) throw new Error(`Wine is missing ${mend}`);
  return found;
}

/** Returns the environment variables for Wine. */
export function wineEnvironment(prefix: string): Record<string, string> {
  return {
    WINEPREFIX: prefix,
    WINEARCH: architecture === "x64" ? "win64" : "win32",
    WINEDEBUG: "-all",
    // Disable what only programs with windows need. The debugger stays: without it a crash ends only one thread.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml,winewayland.drv=d",
    DISPLAY: "",
    // Node requires a newer Windows than the one that Wine reports.
    NODE_SKIP_PLATFORM_CHECK: "1",
  };
}

/** The drive on which Wine shows this system's files. */
export const wineDrive = "Z:";

/**
 * Returns the environment of a program that may start a prefix's server: it makes a folder for its socket in TMPDIR, and
 * never removes it.
 */
export function serverEnvironment(prefix: string): NodeJS.ProcessEnv {
  return { ...process.env, ...wineEnvironment(prefix), TMPDIR: prefix };
}

/** The Wine prefix from which all others are made. */
export const prefixTemplate = join(cache, `prefix${suffix}`);

/** Makes {@link prefixTemplate} once. */
export function makePrefixTemplate(): void {
  if (existsSync(prefixTemplate)) return;
  const scratch = `${prefixTemplate}-new`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  console.log(`making a Wine prefix in ${prefixTemplate}`);
  const env = serverEnvironment(scratch);
  const { status, stderr } = spawnSync(wine(), ["wineboot", "--init"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`wineboot failed: ${stderr}`);
  // Wait, because the registry is written only when the last process of the prefix ends.
  spawnSync(wineServer(), ["--wait"], { env });
  renameSync(scratch, prefixTemplate);
}

/**
 * Makes a prefix with its own registry and wineserver and the template's drive C: runs at the same time do not affect
 * each other, and none copies 700 MB.
 */
export function makePrefix(folder: string): string {
  makePrefixTemplate();
  mkdirSync(join(folder, "dosdevices"), { recursive: true });
  for (const name of readdirSync(prefixTemplate))
    if (name.endsWith(".reg") || name.startsWith(".")) copyFileSync(join(prefixTemplate, name), join(folder, name));
  symlinkSync(join(prefixTemplate, "drive_c"), join(folder, "drive_c"));
  symlinkSync("../drive_c", join(folder, "dosdevices", "c:"));
  symlinkSync("/", join(folder, "dosdevices", "z:"));
  return folder;
}

/** Ends every process of a prefix and its wineserver. */
export function stopPrefix(prefix: string): void {
  if (!existsSync(prefix)) return;
  const env = serverEnvironment(prefix);
  spawnSync(wineServer(), ["--kill"], { env });
  spawnSync(wineServer(), ["--wait"], { env });
}

function wineServer(): string {
  return join(dirname(wine()), "wineserver");
}
