import { acquired, surrendered } from "../../memory/index.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";

/** A certificate's native things, each released once, after the last of their users has let go. */
export class HeldCertificate {
  /** The `PCCERT_CONTEXT`. */
  readonly address: bigint;
  readonly functions: CertificateFunctions;
  readonly #store: bigint;
  readonly #deleteKey: () => void;
  #users = 1;

  /**
   * Takes over a context, and the store that it is from unless that is 0. `deleteKey` is called once both are
   * released.
   */
  constructor(functions: CertificateFunctions, address: bigint, store: bigint, deleteKey: () => void = () => {}) {
    this.address = address;
    this.functions = functions;
    this.#store = store;
    this.#deleteKey = deleteKey;
    acquired("CertFreeCertificateContext");
  }

  /** For a credential: its package may look at the private key as long as it lives. */
  retain(): void {
    this.#users += 1;
  }

  letGo(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    surrendered("CertFreeCertificateContext");
    this.functions.CertFreeCertificateContext(this.address);
    if (this.#store !== 0n) this.functions.CertCloseStore(this.#store, 0);
    this.#deleteKey();
  }
}
