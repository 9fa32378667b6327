import { createRequire } from "node:module";
import { packageManifest } from "./package-manifest.ts";

const require = createRequire(import.meta.url);

/**
 * The message about missing packages that only this command needs: optional peers, in the version that the package is
 * tested with or a later one.
 */
export function missingPeers(work: string, names: readonly string[], find = installed): string | undefined {
  const { devDependencies = {} } = packageManifest();
  const wanted = names.map((name) => ({ name, major: majorOf(devDependencies[name]), found: find(name) }));
  const lacking = wanted.filter(({ major, found }) => found === undefined || majorOf(found) < major);
  if (lacking.length === 0) return undefined;
  const list = wanted.map(({ name, major }) => `${name} ${major}`).join(" and ");
  const given = lacking.map(({ name, found }) =>
    found === undefined ? `${name} is not installed` : `${name} is ${found}`,
  );
  return `${work} needs ${list}, or later: ${given.join(", ")}. npm i -D ${names.join(" ")}`;
}

function majorOf(version = "0"): number {
  return Number.parseInt(version, 10);
}

function installed(name: string): string | undefined {
  try {
    return (require(`${name}/package.json`) as { readonly version: string }).version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
