/** Names of packages as the provider lists them, or `"all"` of its packages. */
export type PackageSet = "all" | readonly string[];

/** Package names ignore case. */
export function includesPackage(set: PackageSet, name: string): boolean {
  return set === "all" || set.some((listed) => listed.toLowerCase() === name.toLowerCase());
}

/**
 * What a provider does beyond or short of the headers and their documentation. Each fact is stated once, by the
 * provider; credentials, contexts and messages read the fact and never ask which provider it is. What the known
 * libraries state, and why, is in `known-traits.ts`.
 */
export interface ProviderTraits {
  // What a peer can do.

  /** Whether lengths and offsets in a peer's tokens are checked by the packages before they are followed. */
  readonly boundsTokens: boolean;
  /** Whether a server's Kerberos survives a user-to-user TGT-REQ (RFC 4120's draft, token id 0x0400). */
  readonly survivesTgtReq: boolean;
  /** Packages whose contexts may be deleted after a leg that failed; elsewhere that frees memory twice. */
  readonly deletesFailedContexts: PackageSet;
  /** Packages whose servers refuse a client that sends no channel bindings, or others, when bindings are demanded. */
  readonly enforcesBindings: PackageSet;
  /** Packages whose clients send the channel bindings that they are given. */
  readonly sendsBindings: PackageSet;
  /** Packages whose contexts keep their peers apart although one inbound credential made them. */
  readonly sharesInboundCredentials: PackageSet;
  /** Packages whose servers name their client. */
  readonly namesInboundPeer: PackageSet;
  /** Which attribute of a server's context has that name: SECPKG_ATTR_NAMES, or WinPR's SECPKG_ATTR_AUTH_IDENTITY. */
  readonly inboundPeerAttribute: "names" | "authIdentity";
  /** Whether a context that is exported and kept counts its messages in one sequence with its copy. */
  readonly exportsShareSequence: boolean;
  /** Whether ImpersonateSecurityContext changes who the thread is; where it does not, its success is pretended. */
  readonly impersonates: boolean;
  /** Whether `pfContextAttr` says what was granted, and not only what was asked for. */
  readonly reportsFlags: boolean;
  /** Whether Schannel can be used inside Node; where it cannot, it is refused. */
  readonly schannelWorks: boolean;
  /** Whether DecryptMessage tells of the peer's close_notify; else it answers success without data. */
  readonly reportsClose: boolean;

  // What a credential is made of.

  /** Whether SEC_WINNT_AUTH_IDENTITY_EX and _EX2 are read: what has a package list. */
  readonly readsExtendedIdentity: boolean;
  /** Whether packages that a package list names are the only ones, and not merely those with "!" left out. */
  readonly honoursPackageList: boolean;
  /** Whether a logon whose package nobody names is Negotiate's; elsewhere it is Kerberos'. */
  readonly prefersNegotiate: boolean;
  /** Whether packed credentials in SEC_WINNT_AUTH_IDENTITY_EX2 are read. */
  readonly readsPackedIdentity: boolean;
  /** What `pAuthData` of CREDSSP is: CREDSSP_CRED, a plain identity, or what the package itself makes of it. */
  readonly credsspAuthData: "CREDSSP_CRED" | "identity" | "any";
  /** Whether SCH_CREDENTIALS (version 5) is read, beside SCHANNEL_CRED (version 4). */
  readonly readsSchCredentials: boolean;
  /** Where NTLM's server is told of its file of users: in the identity, in an attribute of the context, or never. */
  readonly samFile: "identity" | "attribute" | "none";
  /**
   * Whether an identity can name the cache for its Kerberos tickets (SEC_WINPR_KERBEROS_SETTINGS); its password does not
   * count beside that user's tickets in another one.
   */
  readonly namesTicketCache: boolean;
  /** Whether a password of more than 512 characters counts; else what is before the last 512 is read as a hash. */
  readonly takesLongPasswords: boolean;
  /** Whether a server's principal limits which of its keys clients may use. */
  readonly enforcesPrincipal: boolean;
  /** Whether SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS may be set; elsewhere that ends the process. */
  readonly setsKdcProxy: boolean;
  /** Whether caches and keytabs of Kerberos can be named for a credential. */
  readonly kerberosStores: boolean;

  // What the memory of a call is.

  /** Whether tokens are allocated by the package where ALLOCATE_MEMORY is asked for. */
  readonly allocatesTokens: boolean;
  /** Whether attributes that depend on keys may be asked of a context that is not complete. */
  readonly queriesKeysEarly: boolean;
  /** Whether packages count messages themselves, and `MessageSeqNo` is for datagrams only. */
  readonly countsMessages: boolean;
  /** Whether the room for a token is taken for the token's exact size. */
  readonly takesExactTokenRoom: boolean;
  /** Whether SECBUFFER_PADDING is written, if only its size. */
  readonly writesPadding: boolean;
  /** Whether DecryptMessage finds the token in a SECBUFFER_STREAM by itself. */
  readonly findsTokens: boolean;
  /** Whether every buffer with data is protected, those that are read-only with a checksum too. */
  readonly protectsEveryBuffer: boolean;
}
