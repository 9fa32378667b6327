import { acquired, Shared, surrendered } from "../../memory/index.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";

/** A certificate's native things, each released once, after the last of their users has let go. */
export class HeldCertificate extends Shared {
  /** The `PCCERT_CONTEXT`. */
  readonly address: bigint;
  readonly functions: CertificateFunctions;
  /** The store that it is from, or 0. */
  readonly store: bigint;
  readonly #deleteKey: () => void;

  /**
   * Takes over a context, and the store that it is from unless that is 0. `deleteKey` is called once both are
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
