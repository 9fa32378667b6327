import type { SharedHandle } from "../memory/index.ts";

/** A context that is used in a way its state does not allow. */
export class ContextStateError extends Error {
  readonly code = "SSPI_STATE";

  constructor(message: string) {
    super(message);
    this.name = "ContextStateError";
  }
}

/** What a context holds: its credential from the beginning, a `CtxtHandle` from the first successful leg on. */
export class ContextHandles {
  readonly credential: SharedHandle;
  context: SharedHandle | undefined;

  constructor(credential: SharedHandle) {
    credential.retain();
    this.credential = credential;
  }

  /** The context first: packages keep pointers from it into its credential. */
  letGo(): void {
    this.context?.letGo();
    this.context = undefined;
    this.credential.letGo();
  }
}
