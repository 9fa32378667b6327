import { acquired, Shared, surrendered } from "../../memory/index.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";

/** The native objects of a certificate; each is released once, after their last user has released them. */
export class HeldCertificate extends Shared {
  /** The `PCCERT_CONTEXT`. */
  readonly address: bigint;
  readonly functions: CertificateFunctions;
  /** The store that the certificate comes from, or 0. */
  readonly store: bigint;
  readonly #deleteKey: () => void;

  /**
   * Takes ownership of a context, and of the store that it comes from unless that is 0. Calls `deleteKey` once both are
   * released.
   */
  constructor(functions: CertificateFunctions, address: bigint, store: bigint, deleteKey: () => void = () => {}) {
    super();
    this.address = address;
    this.functions = functions;
    this.store = store;
    this.#deleteKey = deleteKey;
    acquired("CertFreeCertificateContext");
  }

  protected override release(): void {
    surrendered("CertFreeCertificateContext");
    this.functions.CertFreeCertificateContext(this.address);
    if (this.store !== 0n) this.functions.CertCloseStore(this.store, 0);
    this.#deleteKey();
  }
}
