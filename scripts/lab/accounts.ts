/** Who there is in the lab, whatever asks for it. */

export const realmName = "EXAMPLE.TEST";
/** The NetBIOS name of the server whose users winbindd knows. */
export const serverName = "TESTSRV";

/** Passwords by user. */
export const users = { alice: "userpw", bob: "bobpw", carol: "pässwörd-☂-名前" } as const;

export const services = ["HTTP/localhost", "host/localhost", "ldap/localhost"] as const;

/** alice in WinPR's SAM format: the NT hash is MD4 of her password in UTF-16LE. */
export const samLine = "alice:::2e24f97bff26b2458887a9b16a3c2c39:::";
