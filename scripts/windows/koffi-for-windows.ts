import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { architecture } from "./architecture.ts";
import { cache, root, suffix } from "./cache.ts";
import { unpackedArchive } from "./npm-archive.ts";

const name = `@koromix/koffi-win32-${architecture}`;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

/** The binary that belongs to the koffi of `package-lock.json`, which npm installs on Windows only. */
function locked(): { readonly version: string; readonly integrity: string } {
  const lock: Lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry) throw new Error(`package-lock.json has no ${name}`);
  return entry;
}

/**
 * What `process.resourcesPath` has to be for koffi to find its binary there: the place in which Electron
 * applications put it. Nothing is added to `node_modules`, which belongs to npm and to this system.
 */
export function koffiResources(): string {
  return join(cache, `koffi-${locked().version}${suffix}`);
}

/** Fetches koffi's binary for Windows into the cache, unless it is there. */
export function fetchKoffi(): void {
  const resources = koffiResources();
  if (existsSync(join(resources, "koffi"))) return;
  const unpacked = unpackedArchive({ name, ...locked() }, join(cache, `koffi-archive${suffix}`));
  cpSync(unpacked, join(resources, "koffi"), { recursive: true });
  rmSync(unpacked, { recursive: true });
}
