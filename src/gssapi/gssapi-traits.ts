import { documentedTraits, type ProviderTraits } from "../native/index.ts";
import type { Flavour } from "./gssapi-library.ts";

/** Measured with MIT 1.20.1 and Heimdal 7.8; Apple's is Heimdal of its own, and was not run. */
export function gssapiTraits(flavour: Flavour): ProviderTraits {
  const mit = flavour === "mit";
  return {
    ...documentedTraits,
    // GSS_C_CHANNEL_BOUND_FLAG says whether a client sent any; Heimdal does not have it.
    enforcesBindings: mit ? "all" : [],
    // gss_acquire_cred_from is MIT's.
    kerberosStores: mit,
    // RFC 2743: an exported context goes on where it is imported, with the numbers that it has.
    exportsShareSequence: true,
    // POSIX has no impersonation tokens.
    impersonates: false,
    // Its Negotiate agrees on Kerberos only, and a server that has no Negotiate takes Kerberos' own tokens.
    prefersNegotiate: false,
    // A packed credential is a struct of Windows' own.
    readsPackedIdentity: false,
    // Heimdal 7.8 gives back garbage for data that is signed and not sealed.
    protectsEveryBuffer: mit,
  };
}
