import { documentedTraits, type ProviderTraits } from "../native/index.ts";
import type { Flavour } from "./gssapi-library.ts";

/** Measured with MIT 1.20.1 and Heimdal 7.8; Apple's library is its own Heimdal, and was not run. */
export function gssapiTraits(flavour: Flavour): ProviderTraits {
  const mit = flavour === "mit";
  return {
    ...documentedTraits,
    // GSS_C_CHANNEL_BOUND_FLAG reports whether a client sent bindings; Heimdal does not have it.
    enforcesBindings: mit ? "all" : [],
    // Only MIT has gss_acquire_cred_from.
    kerberosStores: mit,
    // RFC 2743: an imported context continues with the sequence numbers of the exported one.
    exportsShareSequence: true,
    // POSIX has no impersonation tokens.
    impersonates: false,
    // Its Negotiate agrees on Kerberos only, and a server without Negotiate accepts bare Kerberos tokens.
    prefersNegotiate: false,
    // A packed credential is a struct that only Windows defines.
    readsPackedIdentity: false,
    // Heimdal 7.8 returns garbage for data that is signed but not sealed.
    protectsEveryBuffer: mit,
  };
}
