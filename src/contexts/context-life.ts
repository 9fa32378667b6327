import { Owned, type SharedHandle } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { dateOfTicks } from "../values/index.ts";
import type { HeldContext } from "./context-handles.ts";
import { ContextStateError } from "./context-state-error.ts";
import { type Purpose, sends } from "./purpose.ts";

export type Phase = "new" | "stepping" | "complete" | "failed" | "exported" | "closed";

/**
 * The part of a context that does not depend on its legs: its handles, its state, and which calls that state allows.
 */
export class ContextLife<Handles extends HeldContext = HeldContext> {
  /** The package's name. */
  readonly package: string;
  readonly provider: SecurityProvider;
  readonly #name: string;
  readonly #owned: Owned<Handles>;
  #phase: Phase;
  /** Whether a native call is running. */
  #busy = false;
  #closing = false;
  /** Whether the context waits for another call of {@link close} that deletes it. */
  #later = false;
  #shutDown = false;
  #legs = 0;
  #granted: number | undefined;
  /** `ptsExpiry` of the last leg; 0 before it. */
  #expiry = 0n;

  /** `name` is the context's name in error messages. */
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

  /** How many legs the context has taken. */
  get legs(): number {
    return this.#legs;
  }

  /** `pfContextAttr` of the last leg; undefined where the provider does not report it. */
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

  /**
   * Whether the context was closed, failed or was exported: its native context is deleted, or will be when the running
   * step ends.
   */
  get closed(): boolean {
    return this.#closing || this.#owned.closed || this.#phase === "failed";
  }

  /** @throws DisposedError after close */
  get handles(): Handles {
    return this.#owned.value;
  }

  /** The native context. @throws ContextStateError before the first leg has made one, DisposedError after close. */
  context(): SharedHandle {
    this.refuseUnusable();
    const { context } = this.#owned.value;
    if (!context) throw this.stateError("there is no context before the first step succeeded");
    return context;
  }

  /** The native context of a complete exchange. @throws ContextStateError, DisposedError */
  established(purpose: Purpose): SharedHandle {
    const context = this.context();
    if (this.#phase !== "complete")
      throw this.stateError(`${purpose} needs a complete context; this one still has legs to go`);
    if (this.#shutDown && sends(purpose))
      throw this.stateError(`${purpose} needs a context that has not been shut down`);
    return context;
  }

  /** @throws ContextStateError while a call is running and after a failure or an export, DisposedError after close. */
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

  /** Notes that a native call begins. */
  enter(): void {
    this.#busy = true;
  }

  /**
   * Notes that the native call has ended, and closes the context if a package written in JavaScript asked for that
   * during the call.
   */
  leave(): void {
    this.#busy = false;
    if (this.#closing && !this.#later) this.close();
  }

  /** Notes that a leg succeeded. */
  stepped(): void {
    this.#legs += 1;
    this.#phase = "stepping";
  }

  /** Notes that the last leg completed the context, with these flags and this expiry. */
  complete(granted: number | undefined, expiry: bigint): void {
    this.#granted = granted;
    this.#expiry = expiry;
    this.#phase = "complete";
  }

  /** Lets a complete context take legs again. @throws ContextStateError */
  reopen(): void {
    this.established("reauthenticate");
    this.#phase = "stepping";
    this.#granted = undefined;
    this.#expiry = 0n;
  }

  /** Refuses to send anything from now on, even if the package produces no closing message. */
  endSending(): void {
    this.#shutDown = true;
  }

  /** Marks the context as failed for its user. {@link fail} releases its handles when the running call has returned. */
  giveUp(): void {
    this.#end("failed");
  }

  fail(): void {
    this.#end("failed");
    this.#owned.close();
  }

  /** Notes that the export has deleted the native context, so that it is not deleted a second time. */
  exported(): void {
    this.#end("exported");
    this.#owned.value.forgetContext();
    this.#owned.close();
  }

  /**
   * Refuses everything from now on, and deletes the context: now, at the end of the running call, or, if `later`, with
   * another call of close. Harmless when repeated.
   */
  close(later = false): void {
    this.#closing = true;
    this.#later = later;
    if (later || this.#busy) return;
    this.#owned.close();
    this.#end("closed");
  }

  /** A closed context stays closed, whatever the result of a call that was running then. */
  #end(phase: "failed" | "exported" | "closed"): void {
    if (this.#phase !== "closed") this.#phase = phase;
  }
}
