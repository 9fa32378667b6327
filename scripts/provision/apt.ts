import { spawnSync } from "node:child_process";

/** A Debian package that a suite needs, and why. */
export interface DebianPackage {
  readonly name: string;
  readonly why: string;
}

/** Runs a program as root, and shows it. */
export function run(command: string, ...args: string[]): boolean {
  // sudo hands on no environment, and krb5-user would ask for a realm.
  const quiet = ["env", "DEBIAN_FRONTEND=noninteractive", command, ...args];
  const [program = command, ...rest] = process.getuid?.() === 0 ? quiet : ["sudo", ...quiet];
  console.log(`$ ${[program, ...rest].join(" ")}`);
  return spawnSync(program, rest, { stdio: "inherit" }).status === 0;
}

/** What winbind recommends would have the whole system ask it for users. */
export function install(packages: readonly DebianPackage[]): boolean {
  return run("apt-get", "install", "-y", "--no-install-recommends", ...packages.map(({ name }) => name));
}

export interface ServerPackage extends DebianPackage {
  /** What Debian would start for it. */
  readonly services?: readonly string[];
}

/** Installs servers that only tests start: their services start neither now nor with the system. */
export function installAtRest(packages: readonly ServerPackage[]): boolean {
  const services = packages.flatMap((component) => component.services ?? []);
  const script = `
policy=/usr/sbin/policy-rc.d
test -e $policy || { printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy && ours=yes; }
apt-get install -y --no-install-recommends "$@"
code=$?
test -z "$ours" || rm $policy
for service in ${services.join(" ")}; do update-rc.d $service disable 2> /dev/null; done
exit $code`;
  return run("sh", "-c", script, "sh", ...packages.map(({ name }) => name));
}

export function update(): boolean {
  return run("apt-get", "update");
}

function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout ?? "";
}

export function isInstalled({ name }: DebianPackage): boolean {
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
