import { SP_PROT } from "../../../generated/schannel/constants.ts";
import { type TlsVersion, tlsVersions } from "../../tls/index.ts";
import { PackageError, type SuppliedSchannel } from "../author/index.ts";

const sides = {
  client: { "tls1.2": SP_PROT.tls12Client, "tls1.3": SP_PROT.tls13Client },
  server: { "tls1.2": SP_PROT.tls12Server, "tls1.3": SP_PROT.tls13Server },
} as const;

/**
 * The TLS versions that a caller's struct allows; no restriction if the caller passed no struct.
 *
 * @throws PackageError if it allows none
 */
export function protocolsOf(
  schannel: SuppliedSchannel | undefined,
  side: "client" | "server",
): { readonly protocols?: readonly TlsVersion[] } {
  if (!schannel) return {};
  const { struct, enabledProtocols, disabledProtocols } = schannel;
  // Microsoft's Schannel uses TLS 1.3 for SCH_CREDENTIALS only.
  const known: readonly TlsVersion[] = struct === "SCHANNEL_CRED" ? ["tls1.2"] : tlsVersions;
  const protocols = known.filter((version) => {
    const bit = sides[side][version];
    return (disabledProtocols & bit) === 0 && (enabledProtocols === 0 || (enabledProtocols & bit) !== 0);
  });
  if (protocols.length === 0) throw new PackageError("SEC_E_ALGORITHM_MISMATCH");
  return { protocols };
}

/** `dwProtocol` of SecPkgContext_ConnectionInfo. */
export function protocolBit(side: "client" | "server", version: TlsVersion): number {
  return sides[side][version];
}
