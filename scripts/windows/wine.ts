import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { architecture } from "./architecture.ts";
import { cache, suffix } from "./cache.ts";
import { wine32 } from "./debian.ts";

/** Debian's place first: there it is in no `PATH`. */
const places = architecture === "x64" ? ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/bin/wine"] : [wine32];

export function findWine(): string | undefined {
  return places.find((place) => existsSync(place));
}

/** @throws Error naming the package. */
export function wine(): string {
  const found = findWine();
  const mend = architecture === "x64" ? "(Debian: wine64): npm run provision" : "for 32 bits: npm run test:ia32";
  if (!found) throw new Error(`Wine is missing ${mend}`);
  return found;
}

/** What Wine has to be told in its environment. */
export function wineEnvironment(prefix: string): Record<string, string> {
  return {
    WINEPREFIX: prefix,
    WINEARCH: architecture === "x64" ? "win64" : "win32",
    WINEDEBUG: "-all",
    // None of what programs with windows need. The debugger stays: without it a crash ends one thread only.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml,winewayland.drv=d",
    DISPLAY: "",
    // Node asks for a newer Windows than Wine says it is.
    NODE_SKIP_PLATFORM_CHECK: "1",
  };
}

/** For Wine's own programs: the server of a prefix makes a folder for its socket, and leaves it behind. */
function serverEnvironment(prefix: string): NodeJS.ProcessEnv {
  return { ...process.env, ...wineEnvironment(prefix), TMPDIR: prefix };
}

/** The Wine prefix that all others are made from. */
export const prefixTemplate = join(cache, `prefix${suffix}`);

/** Makes {@link prefixTemplate}, unless it is there. */
export function makePrefixTemplate(): void {
  if (existsSync(prefixTemplate)) return;
  const scratch = `${prefixTemplate}-new`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  console.log(`making a Wine prefix in ${prefixTemplate}`);
  const env = serverEnvironment(scratch);
  const { status, stderr } = spawnSync(wine(), ["wineboot", "--init"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`wineboot failed: ${stderr}`);
  // The registry is written when the last process of the prefix has ended.
  spawnSync(wineServer(), ["--wait"], { env });
  renameSync(scratch, prefixTemplate);
}

/**
 * A prefix with a registry and a wineserver of its own, whose drive C is the template's: two runs at once do not
 * meet, and none copies 700 MB.
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

/** Ends every process of a prefix, and its wineserver. */
export function stopPrefix(prefix: string): void {
  if (!existsSync(prefix)) return;
  const env = serverEnvironment(prefix);
  spawnSync(wineServer(), ["--kill"], { env });
  spawnSync(wineServer(), ["--wait"], { env });
}

function wineServer(): string {
  return join(dirname(wine()), "wineserver");
}
