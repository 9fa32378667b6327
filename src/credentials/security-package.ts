import type { SecpkgFlag } from "../../generated/sspi/constants.ts";

/** What a provider says of one of its security packages (`SecPkgInfoW`). */
export interface SecurityPackage {
  /** What credentials are acquired by. */
  readonly name: string;
  /** What the package says of itself. */
  readonly comment: string;
  /** `fCapabilities`, by name. */
  readonly capabilities: readonly SecpkgFlag[];
  /** `cbMaxToken`: the largest token, in bytes. */
  readonly maxToken: number;
  /** `wVersion` */
  readonly version: number;
  /** `wRPCID`; 65535 where there is none. */
  readonly rpcId: number;
  /** Whose it is: what was loaded. */
  readonly library: string;
}
