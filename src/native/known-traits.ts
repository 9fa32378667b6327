import type { ProviderTraits } from "./provider-traits.ts";
import type { LibraryKind } from "./security-provider.ts";

const onWindows = process.platform === "win32";

/** The behaviour that the headers and learn.microsoft.com describe; your own provider states where it differs. */
export const documentedTraits: ProviderTraits = Object.freeze<ProviderTraits>({
  boundsTokens: true,
  survivesTgtReq: true,
  deletesFailedContexts: "all",
  enforcesBindings: "all",
  sendsBindings: "all",
  sharesInboundCredentials: "all",
  namesInboundPeer: "all",
  inboundPeerAttribute: "names",
  exportsShareSequence: false,
  impersonates: true,
  reportsFlags: true,
  schannelWorks: true,
  reportsClose: true,
  readsExtendedIdentity: true,
  honoursPackageList: true,
  prefersNegotiate: true,
  readsPackedIdentity: true,
  credsspAuthData: "CREDSSP_CRED",
  readsSchCredentials: true,
  samFile: "none",
  namesTicketCache: false,
  takesLongPasswords: true,
  enforcesPrincipal: true,
  setsKdcProxy: true,
  kerberosStores: false,
  allocatesTokens: true,
  queriesKeysEarly: true,
  countsMessages: true,
  takesExactTokenRoom: false,
  writesPadding: true,
  findsTokens: true,
  protectsEveryBuffer: true,
});

/** Measured with Wine 8. */
const wine: ProviderTraits = {
  ...documentedTraits,
  // Wine's servers accept clients without bindings; its clients refuse an input that has them.
  enforcesBindings: [],
  sendsBindings: [],
  // No package of Wine supports SECPKG_ATTR_NAMES.
  namesInboundPeer: [],
  // Wine's Schannel returns success without data for close_notify.
  reportsClose: false,
  // Wine reads an extended identity as a plain one, whose first member is a pointer where the extended one has its
  // version.
  readsExtendedIdentity: false,
  honoursPackageList: false,
  readsPackedIdentity: false,
  // Wine reads only the certificates and flags of SCH_CREDENTIALS, so it uses protocols that are disabled there.
  readsSchCredentials: false,
  // Wine's SetCredentialsAttributesW calls a function that the package does not have.
  setsKdcProxy: false,
  // Wine's NTLM server ignores ALLOCATE_MEMORY and writes to the null pointer of the buffer: a page fault.
  allocatesTokens: false,
  // Wine's Kerberos does not support SECBUFFER_STREAM.
  findsTokens: false,
  // Wine's Kerberos accepts a buffer that is read-only with a checksum, but does not protect it.
  protectsEveryBuffer: false,
};

/** Measured with WinPR 3.10. */
const winpr3: ProviderTraits = {
  // WinPR writes out of bounds for an offset into the head of an NTLM AUTHENTICATE message, and for wrong EC and RRC
  // fields of a Kerberos wrap token.
  boundsTokens: false,
  // WinPR 3.10 frees memory twice after a TGT-REQ. FreeRDP's pull request 11256 fixes this; no version with the fix was
  // run.
  survivesTgtReq: false,
  // Negotiate frees Kerberos' context twice where its client gets no ticket for the mechanism that the server chose.
  deletesFailedContexts: ["NTLM", "Kerberos"],
  // Every server accepts clients without bindings; those of version 3 accept any.
  enforcesBindings: [],
  // Clients of version 2 refuse an input that has bindings; Negotiate of version 3 drops the bindings.
  sendsBindings: ["NTLM", "Kerberos"],
  // NTLM's server writes its peer's identity into the credential, where the next peer overwrites it.
  sharesInboundCredentials: ["Kerberos", "Schannel"],
  // No package supports SECPKG_ATTR_NAMES, and only NTLM supports SECPKG_ATTR_AUTH_IDENTITY.
  namesInboundPeer: ["NTLM"],
  inboundPeerAttribute: "authIdentity",
  // WinPR exports no contexts.
  exportsShareSequence: false,
  // POSIX has no impersonation tokens: NTLM returns success there and does nothing.
  impersonates: onWindows,
  reportsFlags: true,
  // WinPR's SSL_* calls bind to the OpenSSL inside the node executable, which is another version: the first leg is a
  // SIGSEGV.
  schannelWorks: false,
  reportsClose: true,
  // Version 2 reads an extended identity as a plain one and crashes.
  readsExtendedIdentity: true,
  // Only "!name" has an effect: NTLM is offered for the lists "kerberos" and "nosuch" too.
  honoursPackageList: false,
  // WinPR's Negotiate uses NTLM if it has no ticket; outside Windows NTLM should only be used when it is requested by
  // name.
  prefersNegotiate: onWindows,
  // WinPR reads SEC_WINNT_AUTH_IDENTITY_EX2 as a plain identity.
  readsPackedIdentity: false,
  // CREDSSP copies pAuthData as a plain identity.
  credsspAuthData: "identity",
  // Schannel reads SCHANNEL_CRED whatever the version says.
  readsSchCredentials: false,
  // Version 3 has SEC_WINPR_NTLM_SETTINGS after the identity; version 2 has SECPKG_ATTR_AUTH_NTLM_SAM_FILE.
  samFile: "identity",
  // WinPR uses a ticket of that user from the default cache, or from any cache in memory, whatever the password is.
  namesTicketCache: true,
  // For WinPR a PasswordLength above 512 means that a hash comes first, as many characters long as the length exceeds
  // 512.
  takesLongPasswords: false,
  // WinPR's Kerberos accepts tickets for every key of the keytab.
  enforcesPrincipal: false,
  setsKdcProxy: true,
  kerberosStores: false,
  // WinPR returns SEC_E_INVALID_TOKEN for an output buffer without memory.
  allocatesTokens: false,
  // A query of "sizes" on a Kerberos or Negotiate context without keys is a SIGSEGV; on an NTLM context of version 2 it
  // is not.
  queriesKeysEarly: false,
  // WinPR's packages write MessageSeqNo where other packages write their own count, which peers expect.
  countsMessages: false,
  // WinPR's packages use cbBuffer of the token buffer as the token's size.
  takesExactTokenRoom: true,
  // No package reads SECBUFFER_PADDING, so the size of this buffer does not change.
  writesPadding: false,
  // No package of WinPR supports SECBUFFER_STREAM.
  findsTokens: false,
  // WinPR's packages protect only one data buffer: Kerberos the first, NTLM the last, even if it is read-only.
  protectsEveryBuffer: false,
};

/** Measured with WinPR 2.11. */
const winpr2: ProviderTraits = {
  ...winpr3,
  deletesFailedContexts: "all",
  sendsBindings: [],
  readsExtendedIdentity: false,
  // WinPR 2.11 has no Kerberos.
  namesTicketCache: false,
  queriesKeysEarly: true,
  samFile: "attribute",
};

/** The traits of a library, as far as they are known before it is called. */
export function traitsOfLibrary(kind: LibraryKind, version: string | undefined, isWine: () => boolean): ProviderTraits {
  const system = { impersonates: onWindows, prefersNegotiate: onWindows };
  switch (kind) {
    case "secur32":
      return isWine() ? wine : documentedTraits;
    case "winpr":
      return Number.parseInt(version ?? "0", 10) >= 3 ? winpr3 : winpr2;
    case "sspi-rs":
      // sspi-rs reports the requested flags, which do not show what the context really has.
      return { ...documentedTraits, ...system, reportsFlags: false, credsspAuthData: "any" };
    case "other":
      // Nothing is known about this library, so a peer's tokens are checked for it, and it checks its other input
      // itself.
      return { ...documentedTraits, ...system, boundsTokens: false, survivesTgtReq: false, credsspAuthData: "any" };
  }
}
