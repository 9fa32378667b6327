import type { SecpkgFlag } from "../../generated/sspi/constants.ts";

/** A provider's description of one of its security packages (`SecPkgInfoW`). */
export interface SecurityPackage {
  /** The name that callers acquire credentials with. */
  readonly name: string;
  /** The package's description of itself. */
  readonly comment: string;
  /** `fCapabilities`, by name. */
  readonly capabilities: readonly SecpkgFlag[];
  /** `cbMaxToken`: the largest token, in bytes. */
  readonly maxToken: number;
  /** `wVersion` */
  readonly version: number;
  /** `wRPCID`; 65535 if there is none. */
  readonly rpcId: number;
  /** The library that provides it. */
  readonly library: string;
}
