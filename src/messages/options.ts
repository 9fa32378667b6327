import { SECQOP, type Secqop } from "../../generated/sspi/constants.ts";
import { checkKey, checkUint } from "../values/index.ts";

/**
 * A quality of protection (`fQOP`): `"wrapNoEncrypt"` (`SECQOP_WRAP_NO_ENCRYPT`, Kerberos' `KERB_WRAP_NO_ENCRYPT`)
 * signs a message that everybody may read, `"wrapOobData"` (`SECQOP_WRAP_OOB_DATA`) makes an alert of Schannel's. A
 * number is the package's own; 0 is what it does anyway.
 */
export type Quality = Secqop | number;

export interface ProtectOptions {
  /** `fQOP`; 0 by default. */
  readonly quality?: Quality;
  /** `MessageSeqNo`, for datagram contexts: the peer gives the same. Other messages are numbered without it. */
  readonly sequence?: number;
}

export interface UnprotectOptions {
  /** `MessageSeqNo`, as the peer gave it. */
  readonly sequence?: number;
}

export interface DecryptOptions extends UnprotectOptions {
  /** Accept a message that the peer only signed (`SECQOP_WRAP_NO_ENCRYPT`): everybody could read it on its way. */
  readonly allowUnencrypted?: boolean;
}

/** Options are read before any address is taken: a getter among them may do anything to the buffers. */
export function qualityOf(options: ProtectOptions | undefined): number {
  const quality = options?.quality;
  if (quality === undefined) return 0;
  return typeof quality === "string" ? SECQOP[checkKey(quality, "quality", SECQOP)] : checkUint(quality, "quality");
}

export function sequenceOf(options: UnprotectOptions | undefined): number | undefined {
  const sequence = options?.sequence;
  return sequence === undefined ? undefined : checkUint(sequence, "sequence");
}
