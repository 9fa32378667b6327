import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The members of package.json that this library reads. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A package can resolve itself by its name, wherever its files are built to. */
const require = createRequire(import.meta.url);
const file = "sspi-ffi/package.json";

export function packageManifest(): PackageManifest {
  return require(file) as PackageManifest;
}

/** The package's folder. */
export function packageFolder(): string {
  return dirname(require.resolve(file));
}
