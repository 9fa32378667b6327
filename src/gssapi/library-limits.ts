import { gss_OID_desc, gss_OID_set_desc } from "../../generated/gssapi/structs.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { readStruct } from "../native/index.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { Role } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import { encodings, readOid } from "./object-identifiers.ts";

/** A credential that is requested from a library other than MIT's. */
interface Wanted {
  readonly package: string;
  readonly roles: readonly Role[];
  readonly password: boolean;
}

/**
 * Refuses requests that a library is known to handle wrongly, or cannot handle. All limits are Heimdal's, because MIT's
 * library has the functions that are needed here. Apple's library is its own Heimdal, and was not run.
 *
 * @throws ProviderError SEC_E_UNSUPPORTED_FUNCTION
 */
export function checkLimits(calls: GssapiCalls, { package: package_, roles, password }: Wanted): void {
  const { library } = calls;
  // Heimdal accepts a client's request a second time, and ends the process when it is asked for the name of a default
  // credential.
  if (roles.includes("inbound") && library.flavour !== "mit")
    throw refusal("a server of Heimdal's accepts a request that was sent before");
  if (password && !library.has("gss_store_cred_into"))
    throw refusal("the library cannot keep tickets of a password apart from those of the process");
  if (package_ === "Negotiate" && !library.has("gss_set_neg_mechs") && otherMechanisms(calls))
    throw refusal("the library's SPNEGO cannot be limited to Kerberos, and another mechanism is installed");
}

function refusal(why: string): ProviderError {
  return new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, why);
}

/** Whether the library has another mechanism than Kerberos that SPNEGO could agree on. */
function otherMechanisms(calls: GssapiCalls): boolean {
  const arena = new Arena(32);
  const [minor, set] = [arena.allocate(4), arena.allocate(8)];
  const major = Number(calls.library.get("gss_indicate_mechs")(minor.address, set.address)) >>> 0;
  calls.check("gss_indicate_mechs", major, arena.u32[minor.offset >> 2] as number, "kerberos");
  try {
    const { count, elements } = readStruct(gss_OID_set_desc, arena.getPointer(set.offset));
    const stride = gss_OID_desc.layouts[hostAbi].size;
    return Array.from({ length: Number(count) }, (_, index) => readOid(Number(elements) + index * stride)).some(
      (mechanism) => mechanism !== encodings.kerberos && mechanism !== encodings.spnego,
    );
  } finally {
    calls.library.get("gss_release_oid_set")(minor.address, set.address);
  }
}
