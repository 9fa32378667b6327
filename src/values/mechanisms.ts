/** Mechanisms of GSS-API by their object identifiers. */
export const mechanisms = {
  spnego: "1.3.6.1.5.5.2",
  kerberos: "1.2.840.113554.1.2.2",
  /** A mistyped identifier that Windows has sent ever since. */
  microsoftKerberos: "1.2.840.48018.1.2.2",
  /** The identifier of Kerberos before RFC 1964. */
  earlyKerberos: "1.3.5.1.5.2",
  userToUser: "1.2.840.113554.1.2.2.3",
  iakerb: "1.3.6.1.5.2.5",
  ntlm: "1.3.6.1.4.1.311.2.2.10",
  negoex: "1.3.6.1.4.1.311.2.2.30",
} as const;

/** [APPLICATION 0], the tag of a mechanism's first token: a length and the mechanism follow (RFC 2743, 3.1). */
export const initialToken = 0x60;

/** The identifiers that a first Kerberos token may contain. */
export const kerberosMechanisms: readonly string[] = [
  mechanisms.kerberos,
  mechanisms.microsoftKerberos,
  mechanisms.earlyKerberos,
];
