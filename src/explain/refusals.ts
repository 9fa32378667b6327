import { flawOfToken } from "../contexts/index.ts";
import { acceptsToken } from "../gssapi/index.ts";
import type { Refusal } from "./explanation.ts";

/** The traits of a provider about which nothing is known. */
const unknownProvider = { boundsTokens: false, survivesTgtReq: false };

/** The libraries that would refuse a token which is meant for a package. */
export function refusalsOfToken(token: Buffer): readonly Refusal[] {
  const flaw = flawOfToken(token, unknownProvider);
  const refusals: Refusal[] =
    flaw === undefined ? [] : [{ by: "this library, before WinPR or an unknown library sees it", why: flaw }];
  if (!acceptsToken(token, true))
    refusals.push({ by: "GSSAPI, as this library uses it on Linux", why: "it is neither Kerberos nor SPNEGO" });
  return refusals;
}
