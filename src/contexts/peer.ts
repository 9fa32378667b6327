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
  /**
   * The groups that the peer is a member of, by their security identifiers, which nobody but the system that
   * authenticated it can choose: of a ticket of Active Directory's where the system's GSSAPI is, without the local groups
   * of this machine and without names; of the access token elsewhere. A group that is not `enabled`, or is
   * `useForDenyOnly`, grants nothing.
   *
   * @throws PeerGroupsError where nobody has signed any groups, and for a server: never an empty list in their place.
   * @throws SspiError, AccessTokenError where the provider or the system has no tokens.
   * @throws ContextStateError, DisposedError once the context is closed.
   * @see GetTokenInformation https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation
   */
  groups(): Promise<readonly Group[]>;
}

/** How a peer is to be named. */
export interface PeerOptions {
  /**
   * `"mechanism"`, the default: as the mechanism names it, `alice@EXAMPLE.TEST` with Kerberos. `"windows"`: the domain's
   * NetBIOS name and the account, `EXAMPLE\\alice`, which a Kerberos ticket has only where a domain controller signed
   * it; a client of another realm than the server's has no such name here, since each realm chooses its own.
   */
  readonly form?: "mechanism" | "windows";
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
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_PEER_NAME";

  constructor(reason: string, cause?: unknown) {
    super(`The peer has no name: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PeerNameError";
  }
}

/**
 * A peer's groups are not known: its ticket has none that a domain controller signed, it is a server, or what was
 * signed cannot be read, as `cause` says then.
 */
export class PeerGroupsError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_PEER_GROUPS";

  constructor(reason: string, cause?: unknown) {
    super(`The peer's groups are not known: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PeerGroupsError";
  }
}
