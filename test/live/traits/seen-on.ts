import type { ProviderTraits } from "../../../src/native/index.ts";

/** The columns of the table in docs/providers.md whose providers tests can run on. */
export type Column = "Wine" | "WinPR 2" | "WinPR 3" | "GSSAPI (MIT)" | "packages in this process";

const everywhere: readonly Column[] = ["Wine", "WinPR 2", "WinPR 3", "GSSAPI (MIT)", "packages in this process"];

/**
 * The providers on which a test observes a trait; for the others the table states what is documented, or was read in
 * the source.
 */
export const seenOn: Readonly<Record<keyof ProviderTraits, readonly Column[]>> = {
  boundsTokens: ["WinPR 2", "WinPR 3"],
  survivesTgtReq: ["WinPR 3"],
  deletesFailedContexts: ["WinPR 3"],
  enforcesBindings: everywhere,
  sendsBindings: everywhere,
  sharesInboundCredentials: ["WinPR 2", "WinPR 3", "GSSAPI (MIT)", "packages in this process"],
  namesInboundPeer: everywhere,
  inboundPeerAttribute: ["WinPR 2", "WinPR 3", "GSSAPI (MIT)", "packages in this process"],
  exportsShareSequence: ["GSSAPI (MIT)"],
  impersonates: ["Wine", "WinPR 2", "WinPR 3", "GSSAPI (MIT)"],
  reportsFlags: ["Wine", "WinPR 3", "GSSAPI (MIT)", "packages in this process"],
  schannelWorks: ["Wine", "WinPR 2", "WinPR 3"],
  reportsClose: [],
  readsExtendedIdentity: ["Wine", "WinPR 2", "WinPR 3", "GSSAPI (MIT)"],
  honoursPackageList: ["WinPR 3", "GSSAPI (MIT)"],
  prefersNegotiate: [],
  readsPackedIdentity: ["Wine", "WinPR 2", "WinPR 3", "GSSAPI (MIT)"],
  credsspAuthData: [],
  readsSchCredentials: ["Wine"],
  samFile: ["Wine", "WinPR 2", "WinPR 3"],
  namesTicketCache: ["WinPR 3"],
  takesLongPasswords: ["Wine", "WinPR 2", "WinPR 3", "GSSAPI (MIT)"],
  enforcesPrincipal: ["Wine", "WinPR 3", "GSSAPI (MIT)"],
  setsKdcProxy: ["Wine", "WinPR 2", "WinPR 3"],
  kerberosStores: ["WinPR 3", "GSSAPI (MIT)"],
  allocatesTokens: everywhere,
  queriesKeysEarly: ["Wine", "WinPR 2", "WinPR 3"],
  countsMessages: ["Wine", "WinPR 2", "WinPR 3", "GSSAPI (MIT)"],
  takesExactTokenRoom: everywhere,
  writesPadding: ["WinPR 3", "GSSAPI (MIT)", "packages in this process"],
  findsTokens: everywhere,
  protectsEveryBuffer: everywhere,
};
