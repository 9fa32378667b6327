import { setTimeout as pause } from "node:timers/promises";
import { type DebianPackage, installCommand, isAvailable, isInstalled, updateCommand } from "./apt.ts";
import { canBeRoot, RootNeededError, runAsRoot } from "./as-root.ts";
import { addBackports, BackportsError } from "./backports.ts";
import { type Distribution, isBookworm } from "./distribution.ts";
import type { ProvisionOptions } from "./options.ts";
import { peerPackages, requiredPackages, winprPackages } from "./packages.ts";
import { type ProvisionRecord, readRecord } from "./record.ts";

export interface Installation extends ProvisionRecord {
  /** Packages that could not be installed. */
  readonly failed: readonly string[];
}

const tries = 4;
const optional: readonly DebianPackage[] = [...winprPackages, ...peerPackages];
const nameOf = ({ name, soname = name }: DebianPackage): string => soname;
const missing = (packages: readonly DebianPackage[]) => packages.filter((component) => !isInstalled(component));

/** Installs packages. CI tries again, because the index of a mirror is sometimes out of step with its files. */
async function install(packages: readonly DebianPackage[]): Promise<readonly string[]> {
  for (let count = 1; packages.length > 0; count += 1) {
    if (runAsRoot(installCommand(packages))) return [];
    if (count === tries || !process.env["CI"]) break;
    console.log(`not installed (${count} of ${tries}); once more in ${count * 5} s`);
    await pause(count * 5_000);
    runAsRoot(updateCommand);
  }
  return missing(packages).map(nameOf);
}

/** Updates the package lists if a package is missing that they may contain. */
function readLists(known: ProvisionRecord): void {
  const unavailable = [...known.absent, ...known.backported];
  const wanted = missing([...requiredPackages, ...optional.filter((entry) => !unavailable.includes(nameOf(entry)))]);
  if (wanted.length === 0) return;
  if (canBeRoot()) {
    runAsRoot(updateCommand);
    return;
  }
  const offered = wanted.filter((entry) => requiredPackages.includes(entry) || isAvailable(entry));
  if (offered.length > 0) throw new RootNeededError([updateCommand, installCommand(offered)]);
}

/** Adds backports if they are requested, or allowed and useful. */
function extendSources(system: Distribution, { backports }: ProvisionOptions): void {
  const lacking = missing(optional).filter((entry) => entry.backported && !isAvailable(entry));
  const wanted = backports === "asked for" || (backports === "allowed" && isBookworm(system) && lacking.length > 0);
  if (!wanted) return;
  if (!addBackports(system)) throw new BackportsError("apt could not read them");
}

/**
 * Installs the packages that suites need, and those optional ones that the distribution has.
 *
 * @throws RootNeededError; BackportsError if backports were requested and cannot be added
 */
export async function installPackages(system: Distribution, options: ProvisionOptions): Promise<Installation> {
  readLists(readRecord());
  const failed = [...(await install(missing(requiredPackages)))];
  extendSources(system, options);
  const unavailable: DebianPackage[] = [];
  for (const group of [winprPackages, peerPackages]) {
    const wanted = missing(group);
    const offered = wanted.filter(isAvailable);
    unavailable.push(...wanted.filter((entry) => !offered.includes(entry)));
    failed.push(...(await install(offered)));
  }
  const inBackports = (entry: DebianPackage): boolean => entry.backported === true && isBookworm(system);
  return {
    absent: unavailable.filter((entry) => !inBackports(entry)).map(nameOf),
    backported: unavailable.filter(inBackports).map(nameOf),
    failed,
  };
}
