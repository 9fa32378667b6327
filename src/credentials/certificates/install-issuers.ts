import { X509Certificate } from "node:crypto";
import { CERT_STORE_ADD_USE_EXISTING, CERT_SYSTEM_STORE_CURRENT_USER } from "../../../generated/wincrypt/constants.ts";
import { CERT_CONTEXT } from "../../../generated/wincrypt/structs.ts";
import { copyOut, readStruct } from "../../native/index.ts";
import { checkName } from "../../values/index.ts";
import { answered } from "./certificate-error.ts";
import type { HeldCertificate } from "./held-certificate.ts";
import { openStore } from "./open-store.ts";

/** What to do with issuers' certificates that come with a certificate. */
export interface IssuerOptions {
  /**
   * `"user"` copies the issuers' certificates, except self-signed ones, to the user's store of intermediate authorities
   * (`CA`), where Windows' Schannel looks for the chain that it sends. **They stay there** when the certificate is
   * closed and when the process ends: nothing in this library removes them. By default nothing is copied.
   */
  readonly installIssuers?: "user";
}

export type IssuerPlace = IssuerOptions["installIssuers"];

const places = ["user"] as const;

/** @throws TypeError, RangeError */
export function checkIssuerPlace(place: IssuerPlace): IssuerPlace {
  return place === undefined ? undefined : checkName(place, "installIssuers", places);
}

/**
 * Copies the certificates that `each` adds, if `place` is given, and releases `held` if that fails.
 *
 * @throws CertificateError
 */
export function withIssuers(
  held: HeldCertificate,
  place: IssuerPlace,
  each: (add: (context: bigint) => void) => void,
): HeldCertificate {
  if (place === undefined) return held;
  const { functions } = held;
  try {
    const store = openStore(functions, "CA", CERT_SYSTEM_STORE_CURRENT_USER);
    try {
      each((context) => {
        if (isSelfIssued(derOf(context))) return;
        const add = () => functions.CertAddCertificateContextToStore(store, context, CERT_STORE_ADD_USE_EXISTING, 0);
        answered("CertAddCertificateContextToStore", add, "an issuer was not added");
      });
    } finally {
      functions.CertCloseStore(store, 0);
    }
  } catch (error) {
    held.letGo();
    throw error;
  }
  return held;
}

export function derOf(context: bigint): Uint8Array<ArrayBuffer> {
  const { pbCertEncoded, cbCertEncoded } = readStruct(CERT_CONTEXT, context);
  return copyOut(pbCertEncoded, cbCertEncoded);
}

/**
 * Whether a certificate is self-issued. Roots are not copied: trusted roots belong in another store, which this library
 * does not change.
 */
function isSelfIssued(der: Uint8Array): boolean {
  const { subject, issuer } = new X509Certificate(der);
  return subject === issuer;
}
