import { existsSync } from "node:fs";
import { type DebianPackage, install, isInstalled, isLoadable, update } from "./provision/apt.ts";
import { type Installation, installPeers, peerPackages } from "./provision/peers.ts";
import { writeAbsent } from "./provision/record.ts";
import { installWinpr, winprPackages } from "./provision/winpr.ts";
import { prepareWindows } from "./windows/prepare.ts";

const required: readonly DebianPackage[] = [
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
  { name: "krb5-multidev", why: "headers of MIT's GSSAPI, which the metadata is compared with" },
  { name: "heimdal-multidev", why: "the same of Heimdal, and Heimdal's GSSAPI" },
  { name: "curl", why: "a client of somebody else's" },
  { name: "openssl", why: "makes the certificates of TLS servers" },
];

function show(components: readonly (DebianPackage & { readonly soname?: string })[]): void {
  for (const component of components) {
    const there = component.soname ? isLoadable(component.soname) : isInstalled(component);
    console.log(`  ${component.name.padEnd(28)}${(there ? "installed" : "missing").padEnd(12)}${component.why}`);
  }
}

function installRequired(): boolean {
  const missing = required.filter((component) => !isInstalled(component));
  const optional = winprPackages.every(({ soname }) => isLoadable(soname)) && peerPackages.every(isInstalled);
  if (missing.length === 0 && optional) return true;
  return update() && (missing.length === 0 || install(missing));
}

/** What is not there of what suites can do without, in words; empty where all of it is. */
function describe({ absent, failed }: Installation): string {
  const lines = absent.map((name) => `${name}: this distribution has none; its suites are shown as left out.`);
  const effect = process.env["CI"] ? "its suites will fail" : "its suites will be shown as left out";
  return [...lines, ...failed.map((name) => `${name} could not be installed: ${effect}.`)].join("\n");
}

if (!existsSync("/usr/bin/apt-get")) {
  console.log("This is no Debian or Ubuntu. The suites need, under whatever name:");
  show([...required, ...winprPackages, ...peerPackages]);
  process.exit(1);
}
console.log("The suites need these packages:");
show(required);
console.log("They run on these (on Debian 12, --backports adds Debian's backports for the second):");
show(winprPackages);
console.log("They meet these, as far as the distribution has them:");
show(peerPackages);
const complete = installRequired();
const winpr = await installWinpr();
const peers = installPeers();
const absent = [...winpr.absent, ...peers.absent];
writeAbsent(absent);
const notes = describe({ absent, failed: [...winpr.failed, ...peers.failed] });
if (!complete || !winprPackages.some(({ soname }) => isLoadable(soname))) {
  console.error(`Some of the packages could not be installed.\n${notes}`);
  process.exit(1);
}
console.log("The windows suites need these, in .cache/windows; what is missing is fetched or made:");
prepareWindows((what) => console.log(`  ${what}`));
console.log(notes === "" ? "Everything is there." : notes);
