import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findWine } from "../windows/wine.ts";

/** A program or library of the lab, and the Debian package that contains it. */
interface Component {
  readonly file: string;
  readonly package: string;
}

/** Debian's folder of libraries, by processor. */
const libraries = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

const components = {
  krb5kdc: { file: "/usr/sbin/krb5kdc", package: "krb5-kdc" },
  kdb5_util: { file: "/usr/sbin/kdb5_util", package: "krb5-kdc" },
  kadmin: { file: "/usr/sbin/kadmin.local", package: "krb5-admin-server" },
  kinit: { file: "/usr/bin/kinit", package: "krb5-user" },
  winbindd: { file: "/usr/sbin/winbindd", package: "winbind" },
  ntlm_auth: { file: "/usr/bin/ntlm_auth", package: "winbind" },
  smbpasswd: { file: "/usr/bin/smbpasswd", package: "samba-common-bin" },
  apache2: { file: "/usr/sbin/apache2", package: "apache2-bin" },
  apacheGssapi: { file: "/usr/lib/apache2/modules/mod_auth_gssapi.so", package: "libapache2-mod-auth-gssapi" },
  gssNtlmssp: { file: `${libraries}/gssntlmssp/gssntlmssp.so`, package: "gss-ntlmssp" },
  nssWrapper: { file: `${libraries}/libnss_wrapper.so`, package: "libnss-wrapper" },
  chromium: { file: "/usr/bin/chromium-headless-shell", package: "chromium-headless-shell" },
  curl: { file: "/usr/bin/curl", package: "curl" },
  openssl: { file: "/usr/bin/openssl", package: "openssl" },
  python3: { file: "/usr/bin/python3", package: "python3-gssapi" },
  pythonGssapi: { file: "/usr/lib/python3/dist-packages/gssapi/__init__.py", package: "python3-gssapi" },
  ktutil: { file: "/usr/bin/ktutil", package: "krb5-user" },
  setpriv: { file: "/usr/bin/setpriv", package: "util-linux" },
} as const satisfies Record<string, Component>;

/** Components of services that a lab starts on demand; not every distribution has all of them. */
const peers = {
  gcc: { file: "/usr/bin/gcc", package: "gcc" },
  samba: { file: "/usr/sbin/samba", package: "samba-ad-dc" },
  sambaProvision: { file: "/usr/share/samba/setup/provision.ldif", package: "samba-ad-provision" },
  sambaDirectory: { file: `${libraries}/samba/ldb/samba_dsdb.so`, package: "samba-dsdb-modules" },
  pythonMarkdown: { file: "/usr/lib/python3/dist-packages/markdown/__init__.py", package: "python3-markdown" },
  slapd: { file: "/usr/sbin/slapd", package: "slapd" },
  squid: { file: "/usr/sbin/squid", package: "squid" },
  squidKerberos: { file: "/usr/lib/squid/negotiate_kerberos_auth", package: "squid" },
  saslGssapi: { file: `${libraries}/sasl2/libgssapiv2.so`, package: "libsasl2-modules-gssapi-mit" },
  freerdpShadow2: { file: "/usr/bin/freerdp-shadow-cli", package: "freerdp2-shadow-x11" },
  freerdpClient2: { file: "/usr/bin/xfreerdp", package: "freerdp2-x11" },
  freerdpShadow3: { file: "/usr/bin/freerdp-shadow-cli3", package: "freerdp3-shadow-x11" },
  freerdpClient3: { file: "/usr/bin/xfreerdp3", package: "freerdp3-x11" },
  xvfb: { file: "/usr/bin/Xvfb", package: "xvfb" },
  xauth: { file: "/usr/bin/xauth", package: "xauth" },
  rdesktop: { file: "/usr/bin/rdesktop", package: "rdesktop" },
  // Impacket's CredSSP client is one of its examples.
  impacketRdp: { file: "/usr/share/doc/python3-impacket/examples/rdp_check.py", package: "python3-impacket" },
} as const satisfies Record<string, Component>;

export type PeerComponentName = keyof typeof peers;

const all = { ...components, ...peers };

export type ComponentName = keyof typeof all;

/**
 * Returns the path of a component. It does not use `PATH`, which lacks the administrators' folders for normal users.
 */
export function componentFile(name: ComponentName): string {
  return all[name].file;
}

/** A component of the lab is not installed. */
export class MissingComponentError extends Error {
  constructor(missing: readonly Component[]) {
    const lines = missing.map((component) => `  ${component.file} (Debian: ${component.package})`);
    super(`The lab is not complete on this machine; npm run provision installs what is missing:\n${lines.join("\n")}`);
    this.name = "MissingComponentError";
    // Drop the stack: it does not help the user who has to install the components.
    this.stack = this.message;
  }
}

/** Everything that a lab needs. */
const needed: readonly Component[] = [
  ...Object.values(components),
  { file: findWine() ?? "wine64", package: "wine64" },
];

/** Returns the Debian packages by the files that a lab needs. */
export function componentPackages(): Readonly<Record<string, string>> {
  return Object.fromEntries(needed.map((component) => [component.file, component.package]));
}

/** Returns the installed versions of those packages, without Debian's suffix. */
export function packageVersions(): Readonly<Record<string, string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg's
  const format = "--showformat=${Package} ${Version}\\n";
  const names = new Set([...needed, ...Object.values(peers)].map((component) => component.package));
  const { stdout } = spawnSync("dpkg-query", ["--show", format, ...names], { encoding: "utf8" });
  return Object.fromEntries(
    [...(stdout ?? "").matchAll(/^(\S+) (?:\d+:)?([^\s~+-]+)/gm)].map(([, name = "", version = ""]) => [name, version]),
  );
}

/** @throws MissingComponentError that names every missing component, not only the first. */
export function checkComponents(exists: (file: string) => boolean = existsSync): void {
  const missing = needed.filter(({ file }) => !exists(file));
  if (missing.length > 0) throw new MissingComponentError(missing);
}

/** Returns the missing packages of a service. */
export function missingPackages(
  names: readonly PeerComponentName[],
  exists: (file: string) => boolean = existsSync,
): readonly string[] {
  return names.filter((name) => !exists(peers[name].file)).map((name) => peers[name].package);
}
