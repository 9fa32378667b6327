import * as wincrypt from "../../../generated/wincrypt/functions.ts";
import { type FunctionSet, functionSet } from "../../native/index.ts";

const declarations = {
  CertCloseStore: wincrypt.CertCloseStore,
  CertDuplicateCertificateContext: wincrypt.CertDuplicateCertificateContext,
  CertFindCertificateInStore: wincrypt.CertFindCertificateInStore,
  CertFreeCertificateContext: wincrypt.CertFreeCertificateContext,
  CertGetCertificateContextProperty: wincrypt.CertGetCertificateContextProperty,
  CertOpenStore: wincrypt.CertOpenStore,
  CryptAcquireContextW: wincrypt.CryptAcquireContextW,
  PFXImportCertStore: wincrypt.PFXImportCertStore,
} as const;

/** What certificates are opened, read and released with: Windows' own; a test has functions of its own. */
export type CertificateFunctions = FunctionSet<keyof typeof declarations>;

export const certificateFunctions: CertificateFunctions = functionSet(declarations);
