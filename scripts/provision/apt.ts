import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A Debian package that a suite needs, and the reason. */
export interface DebianPackage {
  readonly name: string;
  readonly why: string;
  /** For a library: the soname by which the loader finds it, whichever package installed it. */
  readonly soname?: string;
  /** Whether Debian 12 has the package only in its backports. */
  readonly backported?: boolean;
}

const atRest = fileURLToPath(new URL("install-at-rest.sh", import.meta.url));

/**
 * Returns the command that installs packages without starting their services. It omits recommended packages: those of
 * winbind would make the system ask winbind for users.
 */
export function installCommand(packages: readonly DebianPackage[]): [string, ...string[]] {
  return ["sh", atRest, ...packages.map(({ name }) => name)];
}

export const updateCommand: [string, ...string[]] = ["apt-get", "update"];

function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout ?? "";
}

/** Whether a package is installed, or whether the system's loader finds its library. */
export function isInstalled({ name, soname }: DebianPackage): boolean {
  if (soname !== undefined) return isLoadable(soname);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is dpkg's
  return output("dpkg-query", "--show", "--showformat=${db:Status-Status}", name) === "installed";
}

/** Whether the distribution has the package, under this name or provided by another package. */
export function isAvailable({ name }: DebianPackage): boolean {
  return spawnSync("apt-get", ["install", "--simulate", "-y", name]).status === 0;
}

/** Whether the system's loader finds a library. */
export function isLoadable(soname: string): boolean {
  return output("/sbin/ldconfig", "-p").includes(`${soname} `);
}
