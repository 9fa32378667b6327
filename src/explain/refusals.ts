import { flawOfToken } from "../contexts/index.ts";
import { acceptsToken } from "../gssapi/index.ts";
import type { Refusal } from "./explanation.ts";

/** As if of a provider of which nothing is known. */
const unknownProvider = { boundsTokens: false, survivesTgtReq: false };

/** Who would refuse a token that a package is to be given. */
export function refusalsOfToken(token: Buffer): readonly Refusal[] {
  const flaw = flawOfToken(token, unknownProvider);
  const refusals: Refusal[] =
    flaw === undefined ? [] : [{ by: "this library, before WinPR or an unknown library sees it", why: flaw }];
  if (!acceptsToken(token, true))
    refusals.push({ by: "GSSAPI, as this library uses it on Linux", why: "it is neither Kerberos nor SPNEGO" });
  return refusals;
}
