import { readFileSync } from "node:fs";
import tls from "node:tls";
import type { Address } from "../ctypes/index.ts";
import { eachCertificate } from "./native-certificate.ts";
import { isNull, openSsl } from "./openssl.ts";
import { failureOf } from "./tls-error.ts";
import type { Pem } from "./tls-options.ts";

let ofNode: Address | undefined;

/**
 * The roots that Node itself trusts: its own, what `NODE_EXTRA_CA_CERTS` names, and in newer Nodes the system's where
 * it was asked for them. Read once and kept, as Node keeps them.
 */
export function rootsOfNode(): Address {
  if (ofNode === undefined) {
    const store = storeOf(nodeCertificates(), "NODE_EXTRA_CA_CERTS");
    ofNode = store;
    // A worker ends before its process does.
    process.once("exit", () => openSsl().X509_STORE_free(store));
  }
  return ofNode;
}

/** A store of these certificates, which the caller frees. @throws TypeError where one of them holds none */
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

/** `getCACertificates` came with Node 22.15. */
type CaCertificates = { readonly getCACertificates?: (type: "default") => string[] };

function nodeCertificates(): readonly Pem[] {
  const { getCACertificates } = tls as CaCertificates;
  if (getCACertificates) return [getCACertificates("default").join("\n")];
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  return [tls.rootCertificates.join("\n"), ...(extra ? extraCertificates(extra) : [])];
}

/** Node warns where it cannot read the file or what is in it, and goes on. */
function extraCertificates(file: string): readonly Pem[] {
  try {
    const pem = readFileSync(file);
    return eachCertificate(pem, "NODE_EXTRA_CA_CERTS", () => {}) > 0 ? [pem] : [];
  } catch {
    return [];
  }
}
