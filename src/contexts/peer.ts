import type { SeGroup } from "../../generated/winnt/constants.ts";

/** The authenticated identity at the other end of a complete context. */
export interface Peer {
  /**
   * The qualified name, which tells accounts of different realms and domains apart: `alice@EXAMPLE.TEST`,
   * `EXAMPLE\alice`. Use this name in comparisons. It equals `account` only where the package has no realm and no
   * domain: by a line without a domain in WinPR's SAM file, and with packages of your own.
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
   * The groups that the peer is a member of, by their security identifiers, which only the system that authenticated
   * the peer can choose. On the system's GSSAPI they come from an Active Directory ticket, without names and without
   * the local groups of this machine; elsewhere they come from the access token. A group that is not `enabled`, or is
   * `useForDenyOnly`, grants nothing.
   *
   * @throws PeerGroupsError where no groups were signed, and for a server, instead of returning an empty list.
   * @throws SspiError, AccessTokenError where the provider or the system has no access tokens.
   * @throws ContextStateError, DisposedError once the context is closed.
   * @see GetTokenInformation https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation
   */
  groups(): Promise<readonly Group[]>;
}

/** The options for a peer's name. */
export interface PeerOptions {
  /**
   * `"mechanism"`, the default: the mechanism's own form, `alice@EXAMPLE.TEST` with Kerberos. `"windows"`: the domain's
   * NetBIOS name and the account, `EXAMPLE\\alice`. A Kerberos ticket contains this name only if a domain controller
   * signed it, and a client of a realm other than the server's has no such name here, because each realm chooses its
   * own domain name.
   */
  readonly form?: "mechanism" | "windows";
}

/** A group that an account is a member of. */
export interface Group {
  /** The security identifier: `S-1-5-32-545`. */
  readonly sid: string;
  /** The qualified name, where the system knows one. */
  readonly name?: string;
  /** `SE_GROUP_*` by name; a group that is only `useForDenyOnly` grants nothing. */
  readonly attributes: readonly SeGroup[];
}

/**
 * The peer has no reliable name: it is anonymous, it did not authenticate itself, the provider does not report its
 * name, or the reported name is not a qualified name. `cause` is the native error, if there is one.
 */
export class PeerNameError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_PEER_NAME";

  constructor(reason: string, cause?: unknown) {
    super(`The peer has no name: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PeerNameError";
  }
}

/**
 * The peer's groups are unknown: its ticket has none that a domain controller signed, the peer is a server, or the
 * signed data cannot be read; in the last case `cause` says why.
 */
export class PeerGroupsError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_PEER_GROUPS";

  constructor(reason: string, cause?: unknown) {
    super(`The peer's groups are not known: ${reason}`, cause === undefined ? {} : { cause });
    this.name = "PeerGroupsError";
  }
}
