import { Owned, type SharedHandle } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { dateOfTicks } from "../values/index.ts";
import type { HeldContext } from "./context-handles.ts";
import { ContextStateError } from "./context-state-error.ts";
import { type Purpose, sends } from "./purpose.ts";

export type Phase = "new" | "stepping" | "complete" | "failed" | "exported" | "closed";

/** A context apart from its legs: what it holds, the state that it is in, and what that state allows. */
export class ContextLife<Handles extends HeldContext = HeldContext> {
  /** The package's name. */
  readonly package: string;
  readonly provider: SecurityProvider;
  readonly #name: string;
  readonly #owned: Owned<Handles>;
  #phase: Phase;
  /** A native call is under way. */
  #busy = false;
  #closing = false;
  /** It is deleted with another call of close. */
  #later = false;
  #shutDown = false;
  #legs = 0;
  #granted: number | undefined;
  /** `ptsExpiry` of the last leg; 0 before it. */
  #expiry = 0n;

  /** `name` is what errors call the context. */
  constructor(name: string, packageName: string, provider: SecurityProvider, handles: Handles, phase: Phase) {
    this.#name = name;
    this.package = packageName;
    this.provider = provider;
    this.#owned = new Owned(name, handles, (held) => held.letGo());
    this.#phase = phase;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** How many legs it took. */
  get legs(): number {
    return this.#legs;
  }

  /** `pfContextAttr` of the last leg; undefined where it is not known. */
  get granted(): number | undefined {
    return this.#granted;
  }

  get expiry(): Date | undefined {
    return dateOfTicks(this.#expiry);
  }

  /** Whether the package was told that nothing more will be sent. */
  get shutDown(): boolean {
    return this.#shutDown;
  }

  /** Whether it was closed, failed or exported: its native context is gone, or goes when the step under way ends. */
  get closed(): boolean {
    return this.#closing || this.#owned.closed || this.#phase === "failed";
  }

  /** @throws DisposedError after close */
  get handles(): Handles {
    return this.#owned.value;
  }

  /** The native context. @throws ContextStateError before the first leg made one, DisposedError after close. */
  context(): SharedHandle {
    this.refuseUnusable();
    const { context } = this.#owned.value;
    if (!context) throw this.stateError("there is no context before the first step succeeded");
    return context;
  }

  /** The native context, where it is complete. @throws ContextStateError, DisposedError */
  established(purpose: Purpose): SharedHandle {
    const context = this.context();
    if (this.#phase !== "complete")
      throw this.stateError(`${purpose} needs a complete context; this one still has legs to go`);
    if (this.#shutDown && sends(purpose))
      throw this.stateError(`${purpose} needs a context that has not been shut down`);
    return context;
  }

  /** @throws ContextStateError while a call is under way and after a failure or an export, DisposedError after close. */
  refuseUnusable(): void {
    if (this.#closing) throw this.#owned.disposedError();
    if (this.#phase === "failed") throw this.stateError("the exchange has failed and its context is deleted");
    if (this.#busy) throw this.stateError("a step is still under way");
    if (this.#phase === "exported")
      throw this.stateError("it was exported with deleteOld, and goes on where it is imported");
  }

  stateError(why: string): ContextStateError {
    return new ContextStateError(`${this.#name}: ${why}`);
  }

  /** A native call begins. */
  enter(): void {
    this.#busy = true;
  }

  /** It has ended. A package written in JavaScript may have closed the context from within it. */
  leave(): void {
    this.#busy = false;
    if (this.#closing && !this.#later) this.close();
  }

  /** A leg succeeded. */
  stepped(): void {
    this.#legs += 1;
    this.#phase = "stepping";
  }

  /** The last leg made it complete, with these flags and expiry. */
  complete(granted: number | undefined, expiry: bigint): void {
    this.#granted = granted;
    this.#expiry = expiry;
    this.#phase = "complete";
  }

  /** A complete context takes legs again. @throws ContextStateError */
  reopen(): void {
    this.established("reauthenticate");
    this.#phase = "stepping";
    this.#granted = undefined;
    this.#expiry = 0n;
  }

  /** From here on nothing more may be sent, whether or not the package makes a message of that. */
  endSending(): void {
    this.#shutDown = true;
  }

  /** It has failed for its user. What it holds is released when the call under way has returned, with {@link fail}. */
  giveUp(): void {
    this.#end("failed");
  }

  fail(): void {
    this.#end("failed");
    this.#owned.close();
  }

  /** The native context is gone, with its export: it must not be deleted once more. */
  exported(): void {
    this.#end("exported");
    this.#owned.value.forgetContext();
    this.#owned.close();
  }

  /**
   * Refuses everything from now on, and deletes the context: at the end of the call that is under way, or `later`, with
   * another call. Harmless when repeated.
   */
  close(later = false): void {
    this.#closing = true;
    this.#later = later;
    if (later || this.#busy) return;
    this.#owned.close();
    this.#end("closed");
  }

  /** What was closed stays closed, whatever a call that was under way comes to. */
  #end(phase: "failed" | "exported" | "closed"): void {
    if (this.#phase !== "closed") this.#phase = phase;
  }
}
