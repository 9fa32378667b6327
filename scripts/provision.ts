import { existsSync } from "node:fs";
import { laterMajors, laterNode } from "./later-nodes.ts";
import { type DebianPackage, isInstalled } from "./provision/apt.ts";
import { distribution } from "./provision/distribution.ts";
import { type Installation, installPackages } from "./provision/installation.ts";
import { type ProvisionOptions, provisionOptions } from "./provision/options.ts";
import { peerPackages, requiredPackages, winprPackages } from "./provision/packages.ts";
import { writeRecord } from "./provision/record.ts";
import { prepareWindows } from "./windows/prepare.ts";

const all = [...requiredPackages, ...winprPackages, ...peerPackages];

function list(packages: readonly DebianPackage[], state?: (component: DebianPackage) => string): void {
  for (const component of packages)
    console.log(`  ${component.name.padEnd(28)}${state ? state(component).padEnd(12) : ""}${component.why}`);
}

const stateOf = (component: DebianPackage): string => (isInstalled(component) ? "installed" : "missing");

/** Describes what suites lack; empty if everything is installed. */
function notes({ absent, backported, failed }: Installation): readonly string[] {
  const effect = process.env["CI"] ? "its suites will fail" : "its suites will be shown as left out";
  const lines = [
    ...absent.map((name) => `${name}: this distribution has none; its suites are shown as left out.`),
    ...failed.map((name) => `${name} could not be installed: ${effect}.`),
  ];
  if (backported.length === 0) return lines;
  return [
    ...lines,
    `${backported.join(", ")}: Debian 12 has this in its backports only, and ${effect}.`,
    "To add backports to the system's sources and install it: npm run provision -- --backports",
  ];
}

/** Returns why this system cannot be provisioned; undefined if it can. */
function unsuited(): string | undefined {
  if (!existsSync("/usr/bin/apt-get")) return "This is not Debian or Ubuntu.";
  // Wine runs no program for another processor, and the suites have no other Node for Windows.
  return process.arch === "x64"
    ? undefined
    : `The suites run Node for Windows, x64; this processor is ${process.arch}.`;
}

function announce(): void {
  console.log("The suites need these packages:");
  list(requiredPackages, stateOf);
  console.log("They run on one of these, or both:");
  list(winprPackages, stateOf);
  console.log("They meet these, as far as the distribution has them:");
  list(peerPackages, stateOf);
  if (all.every(isInstalled)) return;
  console.log(`On a fresh Debian 12 all of this is more than 2 GB of packages, 1 GB below .cache, and some minutes.
Packages bring configuration of theirs, such as /etc/krb5.conf and /etc/samba/smb.conf; their services stay disabled.`);
}

async function provision(options: ProvisionOptions): Promise<void> {
  announce();
  const installation = await installPackages(distribution(), options);
  const { absent, backported, failed } = installation;
  if (requiredPackages.some(({ name }) => failed.includes(name)) || !winprPackages.some(isInstalled))
    throw new Error(`These packages could not be installed, apt says above why: ${failed.join(", ")}`);
  writeRecord({ absent, backported });
  console.log("The windows suites need these, in .cache/windows; what is missing is fetched or made:");
  prepareWindows((what) => console.log(`  ${what}`));
  for (const major of laterMajors) console.log(`  Node ${major} for Linux, with undici 8: ${laterNode(major)}`);
  console.log(notes(installation).join("\n") || "Everything is there.");
}

const reason = unsuited();
if (reason !== undefined) {
  console.log(`${reason} npm run demo and npm run check work here. The suites need, under whatever name:`);
  list(all);
  process.exit(1);
}
try {
  await provision(provisionOptions(process.argv.slice(2), process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
