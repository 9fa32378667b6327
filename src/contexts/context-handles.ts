import type { SharedHandle } from "../memory/index.ts";
import { includesPackage, type SecurityProvider } from "../native/index.ts";
import type { Purpose } from "./purpose.ts";

/** A context that is used in a way its state does not allow. */
export class ContextStateError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_STATE";

  constructor(message: string) {
    super(message);
    this.name = "ContextStateError";
  }
}

export function exportedError(name: string): ContextStateError {
  return new ContextStateError(`${name}: it was exported with deleteOld, and goes on where it is imported`);
}

/** What a context that can be used holds, whichever way it came to be. */
export interface Establishment {
  readonly phase: Phase;
  /** How many legs it took. */
  readonly legs: number;
  /** `pfContextAttr`; undefined where it is not known. */
  readonly granted: number | undefined;
  readonly expiry: Date | undefined;
  /** The native context. @throws ContextStateError, DisposedError */
  context(): SharedHandle;
  /** The native context, where it is complete. @throws ContextStateError, DisposedError */
  established(purpose: Purpose): SharedHandle;
  /** The native context is gone, with its export: it must not be deleted once more. */
  exported(): void;
  /** Whether it was closed, failed or exported: its native context is gone, or goes when the step under way ends. */
  readonly closed: boolean;
  close(): void;
}

export type Phase = "new" | "stepping" | "complete" | "failed" | "exported" | "closed";

/** Acquires a credential for one context alone; undefined where contexts may share theirs. */
export type SeparateCredential = (() => SharedHandle) | undefined;

/** What a context holds: its credential from the beginning, a `CtxtHandle` from the first successful leg on. */
export class ContextHandles {
  context: SharedHandle | undefined;
  #credential: SharedHandle;
  #separate: SeparateCredential;
  /** Credentials that it began with: packages keep pointers from it into them. */
  #earlier: SharedHandle[] | undefined;

  constructor(credential: SharedHandle, separate?: SeparateCredential) {
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

  /** The package has deleted the context. */
  forgetContext(): void {
    this.context?.forget();
    this.context = undefined;
  }

  /** A context that its provider would free twice, after a leg that failed, is left to the process. */
  forgetUndeletable({ traits }: SecurityProvider, packageName: string): void {
    if (!includesPackage(traits.deletesFailedContexts, packageName)) this.forgetContext();
  }

  /** The context first: packages keep pointers from it into its credential. */
  letGo(): void {
    this.context?.letGo();
    this.context = undefined;
    this.#credential.letGo();
    for (const credential of this.#earlier ?? []) credential.letGo();
  }
}
