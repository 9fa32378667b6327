import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A Debian package that a suite needs, and why. */
export interface DebianPackage {
  readonly name: string;
  readonly why: string;
  /** For a library: what the loader finds it by, whichever package brought it. */
  readonly soname?: string;
  /** Whether Debian 12 has it in its backports only. */
  readonly backported?: boolean;
}

const atRest = fileURLToPath(new URL("install-at-rest.sh", import.meta.url));

/** The command that installs packages without their services. What winbind recommends would have the system ask it for users. */
export function installCommand(packages: readonly DebianPackage[]): [string, ...string[]] {
  return ["sh", atRest, ...packages.map(({ name }) => name)];
}

export const updateCommand: [string, ...string[]] = ["apt-get", "update"];

function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout ?? "";
}

/** Whether a package is installed, or a library is there that the system's loader finds. */
export function isInstalled({ name, soname }: DebianPackage): boolean {
  if (soname !== undefined) return isLoadable(soname);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is dpkg's
  return output("dpkg-query", "--show", "--showformat=${db:Status-Status}", name) === "installed";
}

/** Whether the distribution has it, under this name or as what another package provides. */
export function isAvailable({ name }: DebianPackage): boolean {
  return spawnSync("apt-get", ["install", "--simulate", "-y", name]).status === 0;
}

/** Whether the system's loader finds a library. */
export function isLoadable(soname: string): boolean {
  return output("/sbin/ldconfig", "-p").includes(`${soname} `);
}
