import { readFileSync } from "node:fs";
import tls from "node:tls";
import type { Address } from "../ctypes/index.ts";
import { eachCertificate } from "./native-certificate.ts";
import { isNull, openSsl } from "./openssl.ts";
import { failureOf } from "./tls-error.ts";
import type { Pem } from "./tls-options.ts";

let ofNode: Address | undefined;

/**
 * The roots that Node itself trusts: its own, those in `NODE_EXTRA_CA_CERTS`, and in newer versions of Node the
 * system's if Node was told to use them. Read once and kept, as Node does.
 */
export function rootsOfNode(): Address {
  if (ofNode === undefined) {
    const store = storeOf(nodeCertificates(), "NODE_EXTRA_CA_CERTS");
    ofNode = store;
    // Free the store on exit, because a worker ends before its process does.
    process.once("exit", () => openSsl().X509_STORE_free(store));
  }
  return ofNode;
}

/** Makes a store of these certificates, which the caller frees. @throws TypeError if one of the texts contains none */
export function storeOf(certificates: readonly Pem[], argument: string): Address {
  const openssl = openSsl();
  const store = openssl.X509_STORE_new();
  if (isNull(store)) throw failureOf("X509_STORE_new");
  try {
    for (const pem of certificates) {
      const count = eachCertificate(pem, argument, (certificate) => openssl.X509_STORE_add_cert(store, certificate));
      if (count === 0) throw new TypeError(`${argument}: expected certificates in PEM, found none`);
    }
    return store;
  } catch (error) {
    openssl.X509_STORE_free(store);
    throw error;
  }
}

/** The type of `getCACertificates`, which Node has since 22.15. */
type CaCertificates = { readonly getCACertificates?: (type: "default") => string[] };

function nodeCertificates(): readonly Pem[] {
  const { getCACertificates } = tls as CaCertificates;
  if (getCACertificates) return [getCACertificates("default").join("\n")];
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  return [tls.rootCertificates.join("\n"), ...(extra ? extraCertificates(extra) : [])];
}

/** Reads extra certificates; if the file or its content cannot be read, Node warns and continues without them. */
function extraCertificates(file: string): readonly Pem[] {
  try {
    const pem = readFileSync(file);
    return eachCertificate(pem, "NODE_EXTRA_CA_CERTS", () => {}) > 0 ? [pem] : [];
  } catch {
    return [];
  }
}
