import type { DebianPackage } from "./apt.ts";

/** Packages without which no suite starts. */
export const requiredPackages: readonly DebianPackage[] = [
  { name: "gcc", why: "compiles the C fixtures of the tests, and the contenders of the benchmark" },
  { name: "libc6-dev", why: "headers for gcc" },
  { name: "libssl-dev", why: "OpenSSL's headers, which the metadata is compared with" },
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

/** At least one of these is needed. Debian 12 has only the first, Debian 13 only the second; Ubuntu 24.04 has both. */
export const winprPackages: readonly (DebianPackage & { readonly soname: string })[] = [
  { name: "libwinpr2-2", soname: "libwinpr2.so.2", why: "WinPR 2, an SSPI library with NTLM: the live suites" },
  {
    name: "libwinpr3-3",
    soname: "libwinpr3.so.3",
    backported: true,
    why: "WinPR 3, with Kerberos: the live suites run on it too",
  },
];

/**
 * Programs that suites talk to, which not every distribution has: a suite without its program is reported as skipped.
 */
export const peerPackages: readonly DebianPackage[] = [
  { name: "samba-ad-dc", why: "an Active Directory domain controller" },
  { name: "samba-dsdb-modules", why: "its directory" },
  { name: "samba-vfs-modules", why: "its files, which it insists on" },
  { name: "samba-ad-provision", why: "what a new domain begins with" },
  { name: "python3-markdown", why: "reads the schema of a new domain" },
  { name: "slapd", why: "OpenLDAP's server" },
  { name: "libsasl2-modules-gssapi-mit", why: "GSSAPI and GSS-SPNEGO for it" },
  { name: "squid", why: "a proxy that asks for Kerberos" },
  { name: "chromium-headless-shell", why: "a browser" },
  { name: "freerdp2-shadow-x11", why: "a server of CredSSP" },
  { name: "freerdp2-x11", why: "a client of CredSSP" },
  { name: "freerdp3-shadow-x11", backported: true, why: "a later server of CredSSP" },
  { name: "freerdp3-x11", backported: true, why: "a later client of CredSSP" },
  { name: "xvfb", why: "a display for these" },
  { name: "xauth", why: "lets them use it" },
  { name: "python3-impacket", why: "another client of CredSSP" },
  { name: "rdesktop", why: "a third one" },
];
