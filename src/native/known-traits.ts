import type { ProviderTraits } from "./provider-traits.ts";
import type { LibraryKind } from "./security-provider.ts";

const onWindows = process.platform === "win32";

/** What the headers and learn.microsoft.com describe; a provider of your own differs where it says so. */
export const documentedTraits: ProviderTraits = {
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
};

/** Measured with Wine 8. */
const wine: ProviderTraits = {
  ...documentedTraits,
  // Its servers accept clients without any; its clients refuse an input that has them.
  enforcesBindings: [],
  sendsBindings: [],
  // No package answers SECPKG_ATTR_NAMES.
  namesInboundPeer: [],
  // Its Schannel answers success and no data for close_notify.
  reportsClose: false,
  // It takes an extended identity for a plain one, whose first member is a pointer where the other has its version.
  readsExtendedIdentity: false,
  honoursPackageList: false,
  readsPackedIdentity: false,
  // Of SCH_CREDENTIALS it takes certificates and flags: it speaks the protocols that are switched off.
  readsSchCredentials: false,
  // Its SetCredentialsAttributesW calls a function of the package that there is none of.
  setsKdcProxy: false,
  // Its NTLM server ignores ALLOCATE_MEMORY and writes to the null pointer of the buffer: a page fault.
  allocatesTokens: false,
  // Its Kerberos knows no SECBUFFER_STREAM.
  findsTokens: false,
  // Its Kerberos lets a buffer pass that is read-only with a checksum, and does not protect it.
  protectsEveryBuffer: false,
};

/** Measured with WinPR 3.10. */
const winpr3: ProviderTraits = {
  // An offset into the head of NTLM's AUTHENTICATE writes out of bounds; so do EC and RRC of Kerberos' wrap tokens.
  boundsTokens: false,
  // 3.10 frees twice what it makes of one. FreeRDP's pull request 11256 mends it; no version with it was run.
  survivesTgtReq: false,
  // Negotiate frees Kerberos' context twice where its client gets no ticket for the mechanism that the server chose.
  deletesFailedContexts: ["NTLM", "Kerberos"],
  // Every server accepts clients without bindings; those of version 3 accept any.
  enforcesBindings: [],
  // Clients of version 2 refuse an input that has them; Negotiate of version 3 drops them.
  sendsBindings: ["NTLM", "Kerberos"],
  // NTLM's server writes who its peer is into the credential, where the next peer overwrites it.
  sharesInboundCredentials: ["Kerberos", "Schannel"],
  // No package answers SECPKG_ATTR_NAMES, and only NTLM SECPKG_ATTR_AUTH_IDENTITY.
  namesInboundPeer: ["NTLM"],
  inboundPeerAttribute: "authIdentity",
  // It exports nothing.
  exportsShareSequence: false,
  // POSIX has no impersonation tokens: NTLM answers success there and does nothing.
  impersonates: onWindows,
  reportsFlags: true,
  // Its SSL_* calls bind to the OpenSSL inside the node executable, another version: the first leg is a SIGSEGV.
  schannelWorks: false,
  reportsClose: true,
  // Version 2 takes an extended identity for a plain one and crashes.
  readsExtendedIdentity: true,
  // Only "!name" has an effect: NTLM is offered for the lists "kerberos" and "nosuch" too.
  honoursPackageList: false,
  // Its Negotiate goes on with NTLM where it has no ticket, which off Windows is to be asked for by name.
  prefersNegotiate: onWindows,
  // It takes SEC_WINNT_AUTH_IDENTITY_EX2 for a plain identity.
  readsPackedIdentity: false,
  // CREDSSP copies pAuthData as a plain identity.
  credsspAuthData: "identity",
  // Schannel reads SCHANNEL_CRED whatever the version says.
  readsSchCredentials: false,
  // Version 3 has SEC_WINPR_NTLM_SETTINGS behind the identity; version 2 has SECPKG_ATTR_AUTH_NTLM_SAM_FILE.
  samFile: "identity",
  // A ticket of that user in the default cache, or in any in memory, is taken whatever the password.
  namesTicketCache: true,
  // PasswordLength beyond 512 says that a hash comes first, of as many characters.
  takesLongPasswords: false,
  // Its Kerberos takes tickets for every key of the keytab.
  enforcesPrincipal: false,
  setsKdcProxy: true,
  kerberosStores: false,
  // It answers SEC_E_INVALID_TOKEN for an output buffer without memory.
  allocatesTokens: false,
  // "sizes" of a Kerberos or Negotiate context without keys is a SIGSEGV; NTLM's of version 2 is not.
  queriesKeysEarly: false,
  // Its packages write MessageSeqNo where others write a count of their own, which peers expect.
  countsMessages: false,
  // Its packages take cbBuffer of the token for the size of the token.
  takesExactTokenRoom: true,
  // No package looks for SECBUFFER_PADDING: its size stays as it was given.
  writesPadding: false,
  // No package looks for SECBUFFER_STREAM.
  findsTokens: false,
  // Its packages protect one buffer with data: Kerberos the first, NTLM the last, though it be read-only.
  protectsEveryBuffer: false,
};

/** Measured with WinPR 2.11. */
const winpr2: ProviderTraits = {
  ...winpr3,
  deletesFailedContexts: "all",
  sendsBindings: [],
  readsExtendedIdentity: false,
  // It has no Kerberos.
  namesTicketCache: false,
  queriesKeysEarly: true,
  samFile: "attribute",
};

/** What is known of a library before it is called. */
export function traitsOfLibrary(kind: LibraryKind, version: string | undefined, isWine: () => boolean): ProviderTraits {
  const system = { impersonates: onWindows, prefersNegotiate: onWindows };
  switch (kind) {
    case "secur32":
      return isWine() ? wine : documentedTraits;
    case "winpr":
      return Number.parseInt(version ?? "0", 10) >= 3 ? winpr3 : winpr2;
    case "sspi-rs":
      // It answers with the flags that were asked for, which says nothing of what there is.
      return { ...documentedTraits, ...system, reportsFlags: false, credsspAuthData: "any" };
    case "other":
      // Nothing is known of it, so a peer's tokens are checked for it, and what it is given is its own to judge.
      return { ...documentedTraits, ...system, boundsTokens: false, survivesTgtReq: false, credsspAuthData: "any" };
  }
}
