import type { SharedHandle } from "../memory/index.ts";
import { includesPackage, type SecurityProvider } from "../native/index.ts";

/** Acquires a credential for one context only; undefined where contexts may share a credential. */
export type SeparateCredential = (() => SharedHandle) | undefined;

/** The native handle that a context holds: a `CtxtHandle`, made by the first successful leg or by an import. */
export class HeldContext {
  context: SharedHandle | undefined;

  constructor(context?: SharedHandle) {
    this.context = context;
  }

  /** Forgets the native context, because the package has already deleted it. */
  forgetContext(): void {
    this.context?.forget();
    this.context = undefined;
  }

  letGo(): void {
    this.context?.letGo();
    this.context = undefined;
  }
}

/**
 * The native handles of a context that is made by legs: its credential from the beginning, and later its `CtxtHandle`.
 */
export class ContextHandles extends HeldContext {
  #credential: SharedHandle;
  #separate: SeparateCredential;
  /** Earlier credentials. Packages keep pointers into them until the context is deleted. */
  #earlier: SharedHandle[] | undefined;

  constructor(credential: SharedHandle, separate?: SeparateCredential) {
    super();
    credential.retain();
    this.#credential = credential;
    this.#separate = separate;
  }

  get credential(): SharedHandle {
    return this.#credential;
  }

  /** Uses another credential from now on; the current one is held until the context is deleted. */
  useCredential(credential: SharedHandle, separate?: SeparateCredential): void {
    if (credential === this.#credential) return;
    this.#separate = separate;
    credential.retain();
    this.#earlier ??= [];
    this.#earlier.push(this.#credential);
    this.#credential = credential;
  }

  /**
   * Called before a leg: changes to a credential that no other context uses, where contexts must not share one.
   *
   * @throws SspiError
   */
  separateCredential(): void {
    const own = this.#separate?.();
    if (!own) return;
    this.useCredential(own);
    own.letGo();
  }

  /** After a failed leg, gives up the context without deleting it if its provider would free it twice. */
  forgetUndeletable({ traits }: SecurityProvider, packageName: string): void {
    if (!includesPackage(traits.deletesFailedContexts, packageName)) this.forgetContext();
  }

  /** Releases the context first, because packages keep pointers from it into its credential. */
  override letGo(): void {
    super.letGo();
    this.#credential.letGo();
    for (const credential of this.#earlier ?? []) credential.letGo();
  }
}
