/** A set of packages: their names as the provider lists them, or `"all"`. */
export type PackageSet = "all" | readonly string[];

/** Whether a set contains a package; the case of names is ignored. */
export function includesPackage(set: PackageSet, name: string): boolean {
  if (set === "all") return true;
  // A loop, because `some` takes several times as long for the frozen arrays of traits, and each acquisition asks.
  for (const listed of set) if (isPackage(listed, name)) return true;
  return false;
}

function isPackage(listed: string, name: string): boolean {
  // Names of other lengths are compared without making lower-case copies.
  return listed === name || (listed.length === name.length && listed.toLowerCase() === name.toLowerCase());
}

/**
 * How a provider differs from the headers and their documentation. The provider states each fact once; credentials,
 * contexts and messages read the fact and never check which provider it is. The traits of the known libraries, with the
 * reasons, are in `known-traits.ts`.
 */
export interface ProviderTraits {
  // What a peer can do.

  /** Whether the packages check the lengths and offsets in a peer's tokens before they use them. */
  readonly boundsTokens: boolean;
  /** Whether a server's Kerberos survives a user-to-user TGT-REQ (RFC 4120's draft, token id 0x0400). */
  readonly survivesTgtReq: boolean;
  /** Packages whose contexts can be deleted after a failed leg; for other packages that would free memory twice. */
  readonly deletesFailedContexts: PackageSet;
  /** Packages whose servers, if they have channel bindings, refuse a client that sends none or different ones. */
  readonly enforcesBindings: PackageSet;
  /** Packages whose clients send the channel bindings that the caller passes. */
  readonly sendsBindings: PackageSet;
  /** Packages that keep the peers of several contexts apart although the contexts share one inbound credential. */
  readonly sharesInboundCredentials: PackageSet;
  /** Packages whose servers report the client's name. */
  readonly namesInboundPeer: PackageSet;
  /**
   * Which attribute of a server's context contains the client's name: SECPKG_ATTR_NAMES, or WinPR's
   * SECPKG_ATTR_AUTH_IDENTITY.
   */
  readonly inboundPeerAttribute: "names" | "authIdentity";
  /** Whether an exported context that is kept counts its messages in one sequence with the imported copy. */
  readonly exportsShareSequence: boolean;
  /**
   * Whether ImpersonateSecurityContext really changes the thread's user; where it does not, it only pretends success.
   */
  readonly impersonates: boolean;
  /** Whether `pfContextAttr` reports the granted flags, and not only the requested ones. */
  readonly reportsFlags: boolean;
  /** Whether Schannel works inside Node; where it does not, it is refused. */
  readonly schannelWorks: boolean;
  /** Whether DecryptMessage reports the peer's close_notify; otherwise it returns success without data. */
  readonly reportsClose: boolean;

  // How a credential is made.

  /** Whether SEC_WINNT_AUTH_IDENTITY_EX and _EX2, which have a package list, are supported. */
  readonly readsExtendedIdentity: boolean;
  /** Whether a package list limits the packages to those that it names, instead of only excluding names with "!". */
  readonly honoursPackageList: boolean;
  /** Whether Negotiate is the default package of a logon; otherwise Kerberos is. */
  readonly prefersNegotiate: boolean;
  /** Whether packed credentials in SEC_WINNT_AUTH_IDENTITY_EX2 are supported. */
  readonly readsPackedIdentity: boolean;
  /** The type of CREDSSP's `pAuthData`: CREDSSP_CRED, a plain identity, or any that the package itself interprets. */
  readonly credsspAuthData: "CREDSSP_CRED" | "identity" | "any";
  /** Whether SCH_CREDENTIALS (version 5) is supported in addition to SCHANNEL_CRED (version 4). */
  readonly readsSchCredentials: boolean;
  /**
   * How NTLM's server receives the path of its file of users: in the identity, in an attribute of the context, or not
   * at all.
   */
  readonly samFile: "identity" | "attribute" | "none";
  /**
   * Whether an identity can name the cache for its Kerberos tickets (SEC_WINPR_KERBEROS_SETTINGS). Its password is
   * ignored if another cache has tickets of that user.
   */
  readonly namesTicketCache: boolean;
  /**
   * Whether passwords of more than 512 characters are supported; otherwise the characters before the last 512 are read
   * as a hash.
   */
  readonly takesLongPasswords: boolean;
  /** Whether a server's principal limits which of its keys clients may use. */
  readonly enforcesPrincipal: boolean;
  /** Whether SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS can be set; elsewhere setting it crashes the process. */
  readonly setsKdcProxy: boolean;
  /** Whether a credential can name its Kerberos cache and keytab. */
  readonly kerberosStores: boolean;

  // How a call uses memory.

  /** Whether the package allocates tokens when ALLOCATE_MEMORY is requested. */
  readonly allocatesTokens: boolean;
  /** Whether attributes that depend on keys can be queried from an incomplete context. */
  readonly queriesKeysEarly: boolean;
  /** Whether packages count messages themselves, so that `MessageSeqNo` is only for datagrams. */
  readonly countsMessages: boolean;
  /** Whether the package uses the size of a token's room as the token's exact size. */
  readonly takesExactTokenRoom: boolean;
  /** Whether SECBUFFER_PADDING is written, at least its size. */
  readonly writesPadding: boolean;
  /** Whether DecryptMessage finds the token in a SECBUFFER_STREAM by itself. */
  readonly findsTokens: boolean;
  /** Whether every data buffer is protected, including those that are read-only with a checksum. */
  readonly protectsEveryBuffer: boolean;
}
