import { createHash, X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { CERT_CONTEXT } from "../../../generated/wincrypt/structs.ts";
import { Owned } from "../../memory/index.ts";
import { copyOut, readStruct } from "../../native/index.ts";
import { checkAddress, type Secret } from "../../values/index.ts";
import { answered } from "./certificate-error.ts";
import { certificateFunctions } from "./certificate-functions.ts";
import { HeldCertificate } from "./held-certificate.ts";
import { openPem, type PemOptions } from "./open-pem.ts";
import { openPfx, type PfxOptions } from "./open-pfx.ts";
import { openFromStore, type StoreSearch } from "./open-store.ts";
import { hasPrivateKey } from "./private-key.ts";

let heldOf: (certificate: Certificate) => HeldCertificate;
let hold: (held: HeldCertificate) => Certificate;

/**
 * A certificate in Windows' own form, with its private key if it has one, for Schannel and CredSSP. Owns a
 * `PCCERT_CONTEXT` and the store that it comes from; credentials that were acquired with it keep both alive.
 * Certificates exist only on Windows: elsewhere each method that makes one throws a `FunctionNotFoundError`.
 */
export class Certificate implements Disposable {
  /** The certificate, in DER. */
  readonly der: Uint8Array<ArrayBuffer>;
  /** Its SHA-1 in hexadecimal digits, as Windows displays it. */
  readonly thumbprint: string;
  /** Whether its private key is available: credentials for servers need one. */
  readonly hasPrivateKey: boolean;
  readonly #owned: Owned<HeldCertificate>;

  static {
    heldOf = (certificate) => certificate.#owned.value;
    hold = (held) => new Certificate(held);
  }

  private constructor(held: HeldCertificate) {
    if (!(held instanceof HeldCertificate))
      throw new TypeError("Certificate: use Certificate.fromPfx(), fromPem() or fromStore()");
    this.#owned = new Owned("Certificate", held, (released) => released.letGo());
    const { pbCertEncoded, cbCertEncoded } = readStruct(CERT_CONTEXT, held.address);
    this.der = copyOut(pbCertEncoded, cbCertEncoded);
    this.thumbprint = createHash("sha1").update(this.der).digest("hex");
    this.hasPrivateKey = hasPrivateKey(held.functions, held.address);
  }

  /**
   * Opens the certificate in a PFX (PKCS #12) that has a private key. Its issuers' certificates are not sent: Windows'
   * Schannel takes a chain from the system's stores only, where `installIssuers` puts them. The password (text, or its
   * UTF-8 bytes) is copied once and zeroed after the call. The imported keys are deleted when the certificate, and the
   * last credential acquired with it, are closed.
   *
   * @throws TypeError or RangeError naming the argument that is wrong.
   * @throws CertificateError if the password is wrong, the bytes are not a PFX, or it contains no private key.
   * @see PFXImportCertStore https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-pfximportcertstore
   */
  static fromPfx(pfx: Uint8Array, password: Secret = "", options: PfxOptions = {}): Certificate {
    return new Certificate(openPfx(certificateFunctions, pfx, password, options));
  }

  /**
   * Opens a certificate and its RSA private key, both in PEM, as text or bytes; bytes are never converted to a string.
   * Of a full chain the first certificate is used; the others are not sent, unless `installIssuers` puts them where
   * Windows' Schannel finds them. The key is imported into a container of its own, which is deleted when the
   * certificate, and the last credential acquired with it, are closed. A PFX can hold other kinds of keys too.
   *
   * @throws TypeError or RangeError if an argument is not PEM, the key is not RSA, or the two do not belong together;
   *   never with the key.
   * @throws CertificateError
   * @see CertCreateCertificateContext https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certcreatecertificatecontext
   */
  static fromPem(certificate: Secret, key: Secret, options: PemOptions = {}): Certificate {
    return new Certificate(openPem(certificateFunctions, certificate, key, options));
  }

  /**
   * Opens a certificate from the system's stores.
   *
   * @throws CertificateError if the store does not exist, or no certificate matches.
   * @see CertFindCertificateInStore https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certfindcertificateinstore
   */
  static fromStore(search: StoreSearch): Certificate {
    return new Certificate(openFromStore(certificateFunctions, search));
  }

  /**
   * Wraps another owner's certificate, by the address of its `CERT_CONTEXT`. Takes a reference of its own; the caller
   * keeps its own reference. The address is trusted: a wrong one ends the process.
   *
   * @see CertDuplicateCertificateContext https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certduplicatecertificatecontext
   */
  static fromContext(address: number | bigint): Certificate {
    const duplicate = () => certificateFunctions.CertDuplicateCertificateContext(checkAddress(address, "address"));
    const context = answered("CertDuplicateCertificateContext", duplicate, "there is no certificate");
    return new Certificate(new HeldCertificate(certificateFunctions, context, 0n));
  }

  /** The `PCCERT_CONTEXT`, for functions of `sspi-ffi/raw`; valid until this is closed. @throws DisposedError */
  get address(): bigint {
    return this.#owned.value.address;
  }

  /** The content of the certificate, as Node parses it. */
  get x509(): X509Certificate {
    return new X509Certificate(this.der);
  }

  /** Whether {@link close} was called. Credentials that use the certificate keep the native one open. */
  get closed(): boolean {
    return this.#owned.closed;
  }

  /**
   * Releases the certificate; harmless when repeated.
   *
   * @see CertFreeCertificateContext https://learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-certfreecertificatecontext
   */
  close(): void {
    this.#owned.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    const key = this.hasPrivateKey ? ", with its private key" : "";
    return `Certificate { ${this.thumbprint}${key}${this.closed ? ", closed" : ""} }`;
  }
}

/** The parts of a certificate that credentials need. @throws DisposedError when it is closed. */
export function heldCertificateOf(certificate: Certificate): HeldCertificate {
  return heldOf(certificate);
}

/** Wraps a held native certificate. */
export function certificateOf(held: HeldCertificate): Certificate {
  return hold(held);
}
