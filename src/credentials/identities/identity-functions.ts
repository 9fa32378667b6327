import * as sspi from "../../../generated/sspi/functions.ts";
import { type FunctionSet, functionSet, sspiFunction } from "../../native/index.ts";

const declarations = {
  SspiCompareAuthIdentities: sspi.SspiCompareAuthIdentities,
  SspiCopyAuthIdentity: sspi.SspiCopyAuthIdentity,
  SspiDecryptAuthIdentity: sspi.SspiDecryptAuthIdentity,
  SspiDecryptAuthIdentityEx: sspi.SspiDecryptAuthIdentityEx,
  SspiEncodeAuthIdentityAsStrings: sspi.SspiEncodeAuthIdentityAsStrings,
  SspiEncodeStringsAsAuthIdentity: sspi.SspiEncodeStringsAsAuthIdentity,
  SspiEncryptAuthIdentity: sspi.SspiEncryptAuthIdentity,
  SspiEncryptAuthIdentityEx: sspi.SspiEncryptAuthIdentityEx,
  SspiExcludePackage: sspi.SspiExcludePackage,
  SspiFreeAuthIdentity: sspi.SspiFreeAuthIdentity,
  SspiGetTargetHostName: sspi.SspiGetTargetHostName,
  SspiIsAuthIdentityEncrypted: sspi.SspiIsAuthIdentityEncrypted,
  SspiLocalFree: sspi.SspiLocalFree,
  SspiMarshalAuthIdentity: sspi.SspiMarshalAuthIdentity,
  SspiPrepareForCredRead: sspi.SspiPrepareForCredRead,
  SspiPrepareForCredWrite: sspi.SspiPrepareForCredWrite,
  SspiUnmarshalAuthIdentity: sspi.SspiUnmarshalAuthIdentity,
  SspiValidateAuthIdentity: sspi.SspiValidateAuthIdentity,
  SspiZeroAuthIdentity: sspi.SspiZeroAuthIdentity,
} as const;

/** The functions that make, read and release identities: those of this machine; a test passes its own. */
export type IdentityFunctions = FunctionSet<keyof typeof declarations>;

export const identityFunctions: IdentityFunctions = functionSet(declarations, sspiFunction);
