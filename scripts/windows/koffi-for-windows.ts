import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { architecture } from "./architecture.ts";
import { cache, root, suffix } from "./cache.ts";
import { unpackedArchive } from "./npm-archive.ts";
import { wineDrive } from "./wine.ts";

const name = `@koromix/koffi-win32-${architecture}`;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

/** Returns the binary for the koffi version of `package-lock.json`; npm installs that binary on Windows only. */
function locked(): { readonly version: string; readonly integrity: string } {
  const lock: Lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry) throw new Error(`package-lock.json has no ${name}`);
  return entry;
}

/**
 * Returns the value of `process.resourcesPath` with which koffi finds its binary, in the place that Electron
 * applications use. Nothing is added to `node_modules`, which belongs to npm and to this system.
 */
export function koffiResources(): string {
  return join(cache, `koffi-${locked().version}${suffix}`);
}

/** Returns a script with which Node for Windows under Wine has to begin, so that koffi finds its binary. */
export function koffiPreload(): string {
  return `process.resourcesPath ??= ${JSON.stringify(`${wineDrive}${koffiResources()}`)};\n`;
}

/** Fetches koffi's binary for Windows into the cache once. */
export function fetchKoffi(): void {
  const resources = koffiResources();
  if (existsSync(join(resources, "koffi"))) return;
  const unpacked = unpackedArchive({ name, ...locked() }, join(cache, `koffi-archive${suffix}`));
  cpSync(unpacked, join(resources, "koffi"), { recursive: true });
  rmSync(unpacked, { recursive: true });
}
