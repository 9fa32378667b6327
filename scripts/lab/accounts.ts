/** Who there is in the lab, whatever asks for it. */

export const realmName = "EXAMPLE.TEST";
/** The NetBIOS name of the server whose users winbindd knows. */
export const serverName = "TESTSRV";

/** Passwords by user. */
export const users = { alice: "userpw", bob: "bobpw", carol: "pässwörd-☂-名前" } as const;

export const services = [
  "HTTP/localhost",
  "host/localhost",
  "ldap/localhost",
  "TERMSRV/localhost",
  "HTTP/web.example.test",
  // Registered with its port, as databases are: without it there is no such service.
  "MSSQLSvc/db.example.test:1433",
] as const;

/** A realm that trusts the first one, and is trusted by it. Unlike that one it insists on pre-authentication. */
export const otherRealm = {
  name: "OTHER.TEST",
  users: { alice: "otherpw" },
  services: ["HTTP/web.other.test"],
} as const;

/** A realm that the first one refers to, whose KDC takes every connection and never says a word. */
export const silentRealm = "SILENT.TEST";

/** The domain of the domain controller, by its names in Kerberos and in NetBIOS. */
export const domain = {
  realm: "AD.TEST",
  netbios: "AD",
  host: "dc.ad.test",
  users: { alice: "Passw0rd-alice", bob: "Passw0rd-bob" },
  /** bob's user principal name; alice's is what her account makes it. */
  bobsUpn: "robert@ad.test",
  /** By the scope that makes a group: of the whole domain, of its servers, of all domains. */
  groups: { staff: "Global", printers: "Domain", everywhere: "Universal" },
  services: ["HTTP/web.ad.test"],
} as const;

/** alice in WinPR's SAM format: the NT hash is MD4 of her password in UTF-16LE. */
export const samLine = "alice:::2e24f97bff26b2458887a9b16a3c2c39:::";
