import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** A Debian package that a suite needs, and why. */
interface Component {
  readonly name: string;
  readonly why: string;
}

const required: readonly Component[] = [
  { name: "libwinpr2-2", why: "an SSPI library with NTLM: the live suites" },
  { name: "gcc", why: "compiles the C fixtures of the tests, and the contenders of the benchmark" },
  { name: "libc6-dev", why: "headers for gcc" },
  { name: "gcc-mingw-w64-x86-64", why: "the headers of 64-bit Windows, which the metadata is compared with" },
  { name: "gcc-mingw-w64-i686", why: "the same of 32-bit Windows" },
];
const optional: readonly Component[] = [
  { name: "libwinpr3-3", why: "WinPR 3, from bookworm-backports on Debian 12: the live suites run on it too" },
];

const backports = "/etc/apt/sources.list.d/sspi-ffi-backports.sources";
const debianSources = "/etc/apt/sources.list.d/debian.sources";

function run(command: string, ...args: string[]): boolean {
  const [program = command, ...rest] = process.getuid?.() === 0 ? [command, ...args] : ["sudo", command, ...args];
  console.log(`$ ${[program, ...rest].join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(program, rest, { stdio: "inherit", env }).status === 0;
}

function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout ?? "";
}

function installed({ name }: Component): boolean {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is dpkg's
  return output("dpkg-query", "--show", "--showformat=${db:Status-Status}", name) === "installed";
}

function available({ name }: Component): boolean {
  return /Candidate: (?!\(none\))/.test(output("apt-cache", "policy", name));
}

function show(title: string, components: readonly Component[]): void {
  console.log(title);
  for (const component of components)
    console.log(
      `  ${component.name.padEnd(22)}${(installed(component) ? "installed" : "missing").padEnd(12)}${component.why}`,
    );
}

function installRequired(): boolean {
  const missing = required.filter((component) => !installed(component));
  if (missing.length === 0) return true;
  return run("apt-get", "update") && run("apt-get", "install", "-y", ...missing.map(({ name }) => name));
}

/** Adds a source of packages, so only a CI machine, or someone who asks with --backports, gets it. */
function addBackports(): void {
  if (existsSync(backports) || !existsSync(debianSources)) return;
  const [main = ""] = readFileSync(debianSources, "utf8").split(/\n\s*\n/);
  if (!/^Suites: bookworm\b/m.test(main)) return;
  console.log(`writing ${backports}`);
  writeFileSync(backports, `${main.replace(/^Suites: .*$/m, "Suites: bookworm-backports")}\n`);
  run("apt-get", "update");
}

function installOptional(): void {
  for (const component of optional.filter((entry) => !installed(entry))) {
    if (!available(component) && (process.env["CI"] || process.argv.includes("--backports"))) addBackports();
    const tries = available(component) ? [1, 2, 3] : [];
    if (!tries.some(() => run("apt-get", "install", "-y", component.name)))
      console.log(`${component.name} cannot be installed here; the suites run without it.`);
  }
}

if (!existsSync("/usr/bin/apt-get")) {
  show("This is no Debian or Ubuntu. The suites need, under whatever name:", required);
  process.exit(1);
}
show("The suites need these packages:", required);
show("They use these where they can be had (--backports adds Debian's backports for them):", optional);
const complete = installRequired();
installOptional();
if (!complete) {
  console.error("Some of the packages could not be installed.");
  process.exit(1);
}
console.log("Everything is there.");
