/** The schemes of HTTP authentication that SSPI provides, spelled as in their registrations. */
export const httpSchemes = ["Negotiate", "NTLM"] as const;

/** `Negotiate` (RFC 4559) is SPNEGO, with Kerberos inside unless NTLM was allowed; `NTLM` (MS-NTHT) is bare NTLM. */
export type HttpScheme = (typeof httpSchemes)[number];
