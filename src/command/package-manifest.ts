import { createRequire } from "node:module";
import { dirname } from "node:path";

/** What is read of package.json. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A package finds itself by its name, from wherever its files are built to. */
const require = createRequire(import.meta.url);
const file = "sspi-ffi/package.json";

export function packageManifest(): PackageManifest {
  return require(file) as PackageManifest;
}

/** The folder that the package is in. */
export function packageFolder(): string {
  return dirname(require.resolve(file));
}
