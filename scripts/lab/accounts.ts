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

/** alice in WinPR's SAM format: the NT hash is MD4 of her password in UTF-16LE. */
export const samLine = "alice:::2e24f97bff26b2458887a9b16a3c2c39:::";
