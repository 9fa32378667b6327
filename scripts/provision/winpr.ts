import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type DebianPackage, install, isAvailable, isLoadable, run, update } from "./apt.ts";
import type { Installation } from "./peers.ts";

interface WinprPackage extends DebianPackage {
  readonly soname: string;
}

/** Debian 12 has the first, and the second in its backports; Debian 13 has the second only; Ubuntu 24.04 has both. */
export const winprPackages: readonly WinprPackage[] = [
  { name: "libwinpr2-2", soname: "libwinpr2.so.2", why: "WinPR 2, an SSPI library with NTLM: the live suites" },
  { name: "libwinpr3-3", soname: "libwinpr3.so.3", why: "WinPR 3, with Kerberos: the live suites run on it too" },
];

const backports = "/etc/apt/sources.list.d/sspi-ffi-backports.sources";
const debianSources = "/etc/apt/sources.list.d/debian.sources";
const tries = 4;

/** Debian 12's own sources, which backports have the same form as; empty on another system. */
function bookworm(): string {
  const [main = ""] = existsSync(debianSources) ? readFileSync(debianSources, "utf8").split(/\n\s*\n/) : [];
  return /^Suites: bookworm\b/m.test(main) ? main : "";
}

/** Adds a source of packages, so only a CI machine, or someone who asks with --backports, gets it. */
function addBackports(main: string): void {
  if (existsSync(backports) || !(process.env["CI"] || process.argv.includes("--backports"))) return;
  const text = `${main.replace(/^Suites: .*$/m, "Suites: bookworm-backports")}\n`;
  console.log(`$ tee ${backports}`);
  run("sh", "-c", 'printf %s "$1" > "$2"', "sh", text, backports);
  update();
}

/** The index of a mirror is out of step with its files now and then, so that a second try can succeed. */
async function installed(component: WinprPackage): Promise<boolean> {
  for (let count = 1; ; count += 1) {
    if (isAvailable(component) && install([component])) return true;
    if (count === tries || !process.env["CI"]) return false;
    console.log(`${component.name} could not be had (${count} of ${tries}); once more in ${count * 5} s`);
    await pause(count * 5_000);
    update();
  }
}

/** Installs what there is of WinPR. */
export async function installWinpr(): Promise<Installation> {
  const absent: string[] = [];
  const failed: string[] = [];
  const main = bookworm();
  for (const component of winprPackages.filter(({ soname }) => !isLoadable(soname))) {
    const offered = isAvailable(component);
    // Whether backports have it is known, even when they cannot be reached.
    if (!offered && !main) {
      absent.push(component.soname);
      continue;
    }
    if (!offered) addBackports(main);
    if (!(await installed(component))) failed.push(component.name);
  }
  return { absent, failed };
}
