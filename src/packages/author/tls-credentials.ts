import { CREDSPP_SUBMIT_TYPE } from "../../../generated/credssp/constants.ts";
import { CREDSSP_CRED } from "../../../generated/credssp/structs.ts";
import { SCH, SCH_CREDENTIALS_VERSION, SCHANNEL_CRED_VERSION } from "../../../generated/schannel/constants.ts";
import { SCH_CREDENTIALS, SCHANNEL_CRED, TLS_PARAMETERS } from "../../../generated/schannel/structs.ts";
import { CERT_CONTEXT } from "../../../generated/wincrypt/structs.ts";
import { hostAbi, pointer, pointerSize, type Struct } from "../../ctypes/index.ts";
import { flagNames } from "../../values/index.ts";
import { identityAt } from "./client-identity.ts";
import { PackageError } from "./package-error.ts";
import {
  type ReadableCredentials,
  type SuppliedCredentials,
  type SuppliedCredssp,
  type SuppliedSchannel,
  schannelStructs,
} from "./supplied-credentials.ts";
import type { SystemServices } from "./system-services.ts";

const nothing: SuppliedCredentials = { identity: undefined, schannel: undefined, credssp: undefined };

/**
 * Reads what a caller passed as `pAuthData`, for a package that reads these structs.
 *
 * @throws PackageError SEC_E_UNKNOWN_CREDENTIALS for a struct that it does not read
 */
export function credentialsAt(
  services: SystemServices,
  address: bigint,
  reads: readonly ReadableCredentials[],
): SuppliedCredentials {
  if (address === 0n) return nothing;
  // CREDSSP_CRED begins with no version field, so a package that reads it receives no other struct.
  if (reads.includes("CREDSSP_CRED")) return { ...nothing, credssp: credsspAt(services, address) };
  const schannel = reads.length > 0 ? schannelAt(services, address, reads) : undefined;
  return schannel ? { ...nothing, schannel } : { ...nothing, identity: identityAt(services, address) };
}

function credsspAt(services: SystemServices, address: bigint): SuppliedCredssp {
  const { Type, pSchannelCred, pSpnegoCred } = read(services, CREDSSP_CRED, address);
  // CREDSSP_CRED_EX has other members at these offsets.
  if (Type === CREDSPP_SUBMIT_TYPE.CredsspCredEx) return { type: Type, schannel: undefined, spnego: undefined };
  const schannel = pSchannelCred === 0n ? undefined : schannelAt(services, pSchannelCred, schannelStructs);
  if (pSchannelCred !== 0n && !schannel) throw new PackageError("SEC_E_UNKNOWN_CREDENTIALS");
  // For every other type this member has a format of its own.
  const named = Type === CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds;
  return { type: Type, schannel, spnego: named ? identityAt(services, pSpnegoCred) : undefined };
}

function schannelAt(
  services: SystemServices,
  address: bigint,
  reads: readonly ReadableCredentials[],
): SuppliedSchannel | undefined {
  const version = services.fromClient(address, 4).readUInt32LE();
  if (version === SCHANNEL_CRED_VERSION && reads.includes("SCHANNEL_CRED")) {
    const fields = read(services, SCHANNEL_CRED, address);
    return { ...shared(services, fields, "SCHANNEL_CRED"), enabledProtocols: fields.grbitEnabledProtocols };
  }
  if (version !== SCH_CREDENTIALS_VERSION || !reads.includes("SCH_CREDENTIALS")) return undefined;
  const fields = read(services, SCH_CREDENTIALS, address);
  const { cTlsParameters, pTlsParameters } = fields;
  const disabledProtocols =
    cTlsParameters === 0 ? 0 : read(services, TLS_PARAMETERS, pTlsParameters).grbitDisabledProtocols;
  return { ...shared(services, fields, "SCH_CREDENTIALS"), disabledProtocols };
}

function shared(
  services: SystemServices,
  { cCreds, paCred, dwFlags }: { readonly cCreds: number; readonly paCred: bigint; readonly dwFlags: number },
  struct: SuppliedSchannel["struct"],
): SuppliedSchannel {
  const addresses = viewOf(services.fromClient(paCred, cCreds * pointerSize(hostAbi)));
  const certificates = Array.from({ length: cCreds }, (_, index) => {
    const context = read(services, CERT_CONTEXT, pointer.get(addresses, index * pointerSize(hostAbi)));
    return services.fromClient(context.pbCertEncoded, context.cbCertEncoded);
  });
  return { struct, certificates, flags: flagNames(SCH, dwFlags), enabledProtocols: 0, disabledProtocols: 0 };
}

function read<T>(services: SystemServices, struct: Struct<T>, address: bigint): T {
  return struct.read(viewOf(services.fromClient(address, struct.layouts[hostAbi].size)));
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
