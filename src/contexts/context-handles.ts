import type { SharedHandle } from "../memory/index.ts";
import { includesPackage, type SecurityProvider } from "../native/index.ts";

/** Acquires a credential for one context alone; undefined where contexts may share theirs. */
export type SeparateCredential = (() => SharedHandle) | undefined;

/** What a context holds of its package: a `CtxtHandle`, from the first successful leg on or from an import. */
export class HeldContext {
  context: SharedHandle | undefined;

  constructor(context?: SharedHandle) {
    this.context = context;
  }

  /** The package has deleted the context. */
  forgetContext(): void {
    this.context?.forget();
    this.context = undefined;
  }

  letGo(): void {
    this.context?.letGo();
    this.context = undefined;
  }
}

/** What a context that is made by legs holds: its credential, from the beginning. */
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

  /** Goes on with another credential; the one it has is held until the context is gone. */
  useCredential(credential: SharedHandle, separate?: SeparateCredential): void {
    if (credential === this.#credential) return;
    this.#separate = separate;
    credential.retain();
    this.#earlier ??= [];
    this.#earlier.push(this.#credential);
    this.#credential = credential;
  }

  /** Before a leg: goes on with a credential that no other context uses, where that is needed. @throws SspiError */
  separateCredential(): void {
    const own = this.#separate?.();
    if (!own) return;
    this.useCredential(own);
    own.letGo();
  }

  /** A context that its provider would free twice, after a leg that failed, is left to the process. */
  forgetUndeletable({ traits }: SecurityProvider, packageName: string): void {
    if (!includesPackage(traits.deletesFailedContexts, packageName)) this.forgetContext();
  }

  /** The context first: packages keep pointers from it into its credential. */
  override letGo(): void {
    super.letGo();
    this.#credential.letGo();
    for (const credential of this.#earlier ?? []) credential.letGo();
  }
}
