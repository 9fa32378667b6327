/** The accounts of the lab, for every service that needs them. */

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
  // Registered with its port, as databases are; no service without the port exists.
  "MSSQLSvc/db.example.test:1433",
] as const;

/** A realm with mutual trust to the first one. Unlike the first one, it requires pre-authentication. */
export const otherRealm = {
  name: "OTHER.TEST",
  users: { alice: "otherpw" },
  services: ["HTTP/web.other.test"],
} as const;

/** A realm that the first one refers to. Its KDC accepts every connection and never sends a byte. */
export const silentRealm = "SILENT.TEST";

/** The domain of the domain controller, with its Kerberos and NetBIOS names. */
export const domain = {
  realm: "AD.TEST",
  netbios: "AD",
  host: "dc.ad.test",
  users: { alice: "Passw0rd-alice", bob: "Passw0rd-bob" },
  /** bob's user principal name; alice's is made from her account. */
  bobsUpn: "robert@ad.test",
  /** Groups by scope: of the whole domain, of its servers, of all domains. */
  groups: { staff: "Global", printers: "Domain", everywhere: "Universal" },
  services: ["HTTP/web.ad.test"],
} as const;

/** alice in WinPR's SAM format: the NT hash is MD4 of her password in UTF-16LE. */
export const samLine = "alice:::2e24f97bff26b2458887a9b16a3c2c39:::";
