import { checkUint } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";

/** What message protection needs of an established context. */
export interface Channel {
  readonly provider: SecurityProvider;
  /** Address of the `CtxtHandle`. */
  readonly handle: number;
  /** `cbSecurityTrailer`: room for the token of an encrypted message, in bytes. */
  readonly trailer: number;
  /** `cbBlockSize`: room for padding, in bytes. */
  readonly block: number;
  /** `cbMaxSignature`: room for a signature, in bytes. */
  readonly signature: number;
}

export interface ProtectOptions {
  /** `fQOP`: quality of protection, a number of the package's; 0 is the package's own. */
  readonly quality?: number;
  /** `MessageSeqNo`, for datagram contexts; other packages number messages themselves. */
  readonly sequence?: number;
}

export interface UnprotectOptions {
  /** `MessageSeqNo` */
  readonly sequence?: number;
}

export interface DecryptOptions extends UnprotectOptions {
  /** Accept a message that the peer only signed (`SECQOP_WRAP_NO_ENCRYPT`). */
  readonly allowUnencrypted?: boolean;
}

/** Options are read before any address is taken: a getter among them may do anything to the buffers. */
export function qualityOf(options: ProtectOptions | undefined): number {
  return options?.quality === undefined ? 0 : checkUint(options.quality, "quality");
}

export function sequenceOf(options: UnprotectOptions | undefined): number {
  return options?.sequence === undefined ? 0 : checkUint(options.sequence, "sequence");
}
