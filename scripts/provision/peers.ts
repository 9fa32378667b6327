import { installAtRest, isAvailable, isInstalled, type ServerPackage } from "./apt.ts";

/** Programs that suites meet, which not every distribution has: a suite without its program is shown as left out. */
export const peerPackages: readonly ServerPackage[] = [
  {
    name: "samba-ad-dc",
    why: "an Active Directory domain controller",
    services: ["samba-ad-dc", "smbd", "nmbd"],
  },
  { name: "samba-dsdb-modules", why: "its directory" },
  { name: "samba-vfs-modules", why: "its files, which it insists on" },
  { name: "samba-ad-provision", why: "what a new domain begins with" },
  { name: "python3-markdown", why: "reads the schema of a new domain" },
  { name: "slapd", why: "OpenLDAP's server", services: ["slapd"] },
  { name: "libsasl2-modules-gssapi-mit", why: "GSSAPI and GSS-SPNEGO for it" },
  { name: "squid", why: "a proxy that asks for Kerberos", services: ["squid"] },
  { name: "chromium-headless-shell", why: "a browser" },
  { name: "freerdp2-shadow-x11", why: "a server of CredSSP" },
  { name: "freerdp2-x11", why: "a client of CredSSP" },
  { name: "freerdp3-shadow-x11", why: "a later server of CredSSP" },
  { name: "freerdp3-x11", why: "a later client of CredSSP" },
  { name: "xvfb", why: "a display for these" },
  { name: "xauth", why: "lets them use it" },
  { name: "python3-impacket", why: "another client of CredSSP" },
  { name: "rdesktop", why: "a third one" },
];

export interface Installation {
  /** What the distribution does not have. */
  readonly absent: readonly string[];
  /** What it has, but could not be installed. */
  readonly failed: readonly string[];
}

export function installPeers(): Installation {
  const missing = peerPackages.filter((component) => !isInstalled(component));
  const offered = missing.filter(isAvailable);
  const absent = missing.filter((component) => !offered.includes(component)).map(({ name }) => name);
  if (offered.length === 0 || installAtRest(offered)) return { absent, failed: [] };
  return { absent, failed: offered.filter((component) => !isInstalled(component)).map(({ name }) => name) };
}
