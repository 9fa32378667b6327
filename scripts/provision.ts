import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { prepareWindows } from "./windows/prepare.ts";

/** A Debian package that a suite needs, and why. */
interface Component {
  readonly name: string;
  readonly why: string;
}

const required: readonly Component[] = [
  { name: "libwinpr2-2", why: "an SSPI library with NTLM: the live suites" },
  { name: "gcc", why: "compiles the C fixtures of the tests, and the contenders of the benchmark" },
  { name: "libc6-dev", why: "headers for gcc" },
  {
    name: "gcc-mingw-w64-x86-64",
    why: "the headers of 64-bit Windows, which the metadata is compared with, and packages in C for its tests",
  },
  { name: "gcc-mingw-w64-i686", why: "the same of 32-bit Windows" },
  { name: "wine64", why: "secur32.dll, for Node for Windows: the windows suites" },
  { name: "krb5-kdc", why: "a Kerberos realm of the lab's own" },
  { name: "krb5-admin-server", why: "kadmin.local, which fills it" },
  { name: "krb5-user", why: "kinit: alice's tickets" },
  { name: "winbind", why: "knows alice's password for Wine's NTLM, both sides of which are its ntlm_auth" },
  { name: "samba-common-bin", why: "smbpasswd, which tells it" },
  { name: "libnss-wrapper", why: "lets it run beside the system's accounts, without touching them" },
  { name: "libuid-wrapper", why: "lets whoever is not root start it" },
  { name: "apache2-bin", why: "a web server of somebody else's" },
  { name: "libapache2-mod-auth-gssapi", why: "Negotiate for it" },
  { name: "gss-ntlmssp", why: "NTLM for it, and a peer for signatures and seals" },
  { name: "python3-gssapi", why: "MIT's GSSAPI as a peer" },
  { name: "curl", why: "a client of somebody else's" },
  { name: "openssl", why: "makes the certificates of TLS servers" },
];
const optional: readonly Component[] = [
  { name: "libwinpr3-3", why: "WinPR 3, from bookworm-backports on Debian 12: the live suites run on it too" },
];

const backports = "/etc/apt/sources.list.d/sspi-ffi-backports.sources";
const debianSources = "/etc/apt/sources.list.d/debian.sources";

function run(command: string, ...args: string[]): boolean {
  // sudo hands on no environment, and krb5-user would ask for a realm.
  const quiet = ["env", "DEBIAN_FRONTEND=noninteractive", command, ...args];
  const [program = command, ...rest] = process.getuid?.() === 0 ? quiet : ["sudo", ...quiet];
  console.log(`$ ${[program, ...rest].join(" ")}`);
  return spawnSync(program, rest, { stdio: "inherit" }).status === 0;
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
      `  ${component.name.padEnd(28)}${(installed(component) ? "installed" : "missing").padEnd(12)}${component.why}`,
    );
}

function installRequired(): boolean {
  const missing = required.filter((component) => !installed(component));
  if (missing.length === 0) return true;
  // What winbind recommends would have the whole system ask it for users.
  const install = ["install", "-y", "--no-install-recommends"];
  return run("apt-get", "update") && run("apt-get", ...install, ...missing.map(({ name }) => name));
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
console.log("The windows suites need these, in .cache/windows; what is missing is fetched or made:");
prepareWindows((what) => console.log(`  ${what}`));
console.log("Everything is there.");
