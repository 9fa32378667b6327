import { SCH, SCH_CREDENTIALS_VERSION, SCHANNEL_CRED_VERSION } from "../../../generated/schannel/constants.ts";
import { SCH_CREDENTIALS, SCHANNEL_CRED } from "../../../generated/schannel/structs.ts";
import { hostAbi, pointerSize } from "../../ctypes/index.ts";
import type { Arena, Room } from "../../memory/index.ts";
import { flagBits } from "../../values/index.ts";
import { heldCertificateOf } from "../certificates/certificate.ts";
import type { HeldCertificate } from "../certificates/held-certificate.ts";
import type { CredentialUse } from "../credential-use.ts";
import { enabledProtocols } from "./protocols.ts";
import { type SchannelOptions, schannelVersion } from "./schannel-options.ts";
import { writeTlsParameters } from "./tls-parameters.ts";

/** The fields that both structs have. */
interface SharedFields {
  readonly cCreds: number;
  readonly paCred: bigint;
  readonly hRootStore: bigint;
  readonly dwSessionLifespan: number;
  readonly dwFlags: number;
}

/** The native parts of the certificates. @throws DisposedError */
export function certificatesOf({ certificates = [] }: SchannelOptions): readonly HeldCertificate[] {
  return certificates.map(heldCertificateOf);
}

/** Writes `SCHANNEL_CRED` or `SCH_CREDENTIALS`, and what it points to, into an arena. */
export function writeSchannel(arena: Arena, options: SchannelOptions, use: CredentialUse): Room {
  const certificates = certificatesOf(options);
  const shared: SharedFields = {
    cCreds: certificates.length,
    paCred: writePointers(arena, certificates),
    hRootStore: options.rootStore ?? 0n,
    dwSessionLifespan: options.sessionLifespan ?? 0,
    dwFlags: flagBits(SCH, options.flags ?? [], "schannel.flags"),
  };
  return schannelVersion(options) === 5
    ? writeSchCredentials(arena, options, use, shared)
    : writeSchannelCred(arena, options, use, shared);
}

function writePointers(arena: Arena, certificates: readonly HeldCertificate[]): bigint {
  if (certificates.length === 0) return 0n;
  const room = arena.allocate(certificates.length * pointerSize(hostAbi));
  certificates.forEach(({ address }, index) => {
    room.putPointer(index * pointerSize(hostAbi), Number(address));
  });
  return BigInt(room.address);
}

function writeSchannelCred(arena: Arena, options: SchannelOptions, use: CredentialUse, shared: SharedFields): Room {
  const { protocols, algorithms = [] } = options;
  const list = arena.allocate(algorithms.length * 4);
  algorithms.forEach((algorithm, index) => {
    list.putUint32(index * 4, algorithm);
  });
  const room = arena.allocate(SCHANNEL_CRED.layouts[hostAbi].size);
  const fields = {
    ...shared,
    dwVersion: SCHANNEL_CRED_VERSION,
    cSupportedAlgs: algorithms.length,
    palgSupportedAlgs: algorithms.length === 0 ? 0n : BigInt(list.address),
    grbitEnabledProtocols: protocols ? enabledProtocols(protocols, use) : 0,
    dwMinimumCipherStrength: options.minimumCipherStrength ?? 0,
    dwMaximumCipherStrength: options.maximumCipherStrength ?? 0,
  };
  SCHANNEL_CRED.write(room.arena.view, fields, room.offset);
  return room;
}

function writeSchCredentials(arena: Arena, options: SchannelOptions, use: CredentialUse, shared: SharedFields): Room {
  const { protocols, restrictions = [] } = options;
  const all = protocols ? [{ protocols }, ...restrictions] : restrictions;
  const parameters = writeTlsParameters(arena, all, use);
  const room = arena.allocate(SCH_CREDENTIALS.layouts[hostAbi].size);
  const fields = {
    ...shared,
    dwVersion: SCH_CREDENTIALS_VERSION,
    cTlsParameters: all.length,
    pTlsParameters: parameters,
  };
  SCH_CREDENTIALS.write(room.arena.view, fields, room.offset);
  return room;
}
