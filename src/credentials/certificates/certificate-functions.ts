import * as ncrypt from "../../../generated/ncrypt/functions.ts";
import * as wincrypt from "../../../generated/wincrypt/functions.ts";
import { type FunctionSet, functionSet } from "../../native/index.ts";

const declarations = {
  CertAddCertificateContextToStore: wincrypt.CertAddCertificateContextToStore,
  CertCloseStore: wincrypt.CertCloseStore,
  CertCreateCertificateContext: wincrypt.CertCreateCertificateContext,
  CertDuplicateCertificateContext: wincrypt.CertDuplicateCertificateContext,
  CertFindCertificateInStore: wincrypt.CertFindCertificateInStore,
  CertFreeCertificateContext: wincrypt.CertFreeCertificateContext,
  CertGetCertificateContextProperty: wincrypt.CertGetCertificateContextProperty,
  CertSetCertificateContextProperty: wincrypt.CertSetCertificateContextProperty,
  CertOpenStore: wincrypt.CertOpenStore,
  CryptAcquireContextW: wincrypt.CryptAcquireContextW,
  CryptDestroyKey: wincrypt.CryptDestroyKey,
  CryptImportKey: wincrypt.CryptImportKey,
  CryptReleaseContext: wincrypt.CryptReleaseContext,
  NCryptDeleteKey: ncrypt.NCryptDeleteKey,
  NCryptFreeObject: ncrypt.NCryptFreeObject,
  NCryptOpenKey: ncrypt.NCryptOpenKey,
  NCryptOpenStorageProvider: ncrypt.NCryptOpenStorageProvider,
  PFXImportCertStore: wincrypt.PFXImportCertStore,
} as const;

/** The functions that open, read and release certificates: those of Windows; a test passes its own. */
export type CertificateFunctions = FunctionSet<keyof typeof declarations>;

export const certificateFunctions: CertificateFunctions = functionSet(declarations);
