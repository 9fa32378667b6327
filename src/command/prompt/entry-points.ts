import { packageManifest } from "../package-manifest.ts";

/**
 * The names available at the prompt: all exports of every entry point, except the headers' names, which are in `raw`.
 */
export async function loadEntryPoints(): Promise<Readonly<Record<string, unknown>>> {
  const { name, exports } = packageManifest();
  const subpaths = Object.keys(exports).filter((subpath) => !subpath.endsWith(".json"));
  const loaded = await Promise.all(subpaths.map((subpath) => loadedOrNone(name + subpath.slice(1))));
  const of = (subpath: string): object => loaded[subpaths.indexOf(subpath)] ?? {};
  const named = subpaths.filter((subpath) => subpath !== "./raw").map(of);
  return Object.assign({}, ...named, { sspi: of("."), raw: of("./raw") });
}

/** Loads a module; undefined if it needs an optional package that is not installed. */
async function loadedOrNone(specifier: string): Promise<object | undefined> {
  try {
    return (await import(specifier)) as object;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/**
 * The location of an entry point of this package, wherever the prompt was started; any other specifier is returned
 * unchanged.
 */
export function locationOf(specifier: string): string {
  const { name } = packageManifest();
  const isOurs = specifier === name || specifier.startsWith(`${name}/`);
  return isOurs ? import.meta.resolve(specifier) : specifier;
}
