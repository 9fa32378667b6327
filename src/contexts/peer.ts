import type { SeGroup } from "../../generated/winnt/constants.ts";

/** Who is at the other end of a complete context, as the mechanism has authenticated it. */
export interface Peer {
  /**
   * The qualified name, which tells accounts of different realms and domains apart: `alice@EXAMPLE.TEST`,
   * `EXAMPLE\alice`. Compare this one. It equals `account` only where the package has no realm and no domain: those of
   * a SAM file without domains, and packages of your own.
   */
  readonly name: string;
  /** The name within its realm or domain: `alice`, or `HTTP/intranet.example` for a service. */
  readonly account: string;
  /** The Kerberos realm, or the suffix of a user principal name. */
  readonly realm?: string;
  /** The Windows domain, or the machine that has the account. */
  readonly domain?: string;
  /** The package that authenticated the peer: the one that Negotiate chose, where the provider says which. */
  readonly package: string;
}

/** A group that an account is in. */
export interface Group {
  /** The security identifier: `S-1-5-32-545`. */
  readonly sid: string;
  /** The qualified name, where the system knows one. */
  readonly name?: string;
  /** `SE_GROUP_*` by name; a group that is only `useForDenyOnly` grants nothing. */
  readonly attributes: readonly SeGroup[];
}

/**
 * A peer has no name that could be relied on: it is anonymous, it did not authenticate itself, the provider does not
 * tell, or what it tells is no qualified name. `cause` is the native error, where there is one.
 */
export class PeerNameError extends Error {
  readonly code = "SSPI_PEER_NAME";

  constructor(reason: string, cause?: unknown) {
    super(`The peer has no name: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PeerNameError";
  }
}
