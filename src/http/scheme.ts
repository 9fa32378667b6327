import { checkArray, checkName } from "../values/index.ts";

/** The schemes of HTTP authentication that SSPI provides, spelled as in their registrations. */
export const httpSchemes = ["Negotiate", "NTLM"] as const;

/** `Negotiate` (RFC 4559) is SPNEGO, with Kerberos inside unless NTLM was allowed; `NTLM` (MS-NTHT) is bare NTLM. */
export type HttpScheme = (typeof httpSchemes)[number];

/** @throws TypeError or RangeError naming `argument` */
export function checkSchemes(schemes: unknown, argument: string): readonly HttpScheme[] {
  const list = checkArray(schemes, argument, 'an array such as ["Negotiate"]');
  if (list.length === 0) throw new RangeError(`${argument}: expected at least one of ${httpSchemes.join(", ")}`);
  return list.map((scheme, index) => checkName(scheme, `${argument}[${index}]`, httpSchemes));
}
