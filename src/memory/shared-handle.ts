import type { SecurityProvider } from "../native/index.ts";
import type { HandleSlot } from "./handle-slot.ts";
import { acquired, type ReleaseFunction, release, surrendered } from "./release.ts";

/**
 * A native handle with several users: a credential and the contexts made with it. It is released through
 * its provider when the last of them lets go.
 */
export class SharedHandle {
  readonly provider: SecurityProvider;
  readonly slot: HandleSlot;
  readonly #by: ReleaseFunction;
  readonly #gone: (() => void) | undefined;
  #users = 1;

  /**
   * The slot holds a handle that the provider has just handed out; the caller is its first user. `gone` is called
   * once it is released: what it stood on is needed no longer.
   */
  constructor(provider: SecurityProvider, slot: HandleSlot, by: ReleaseFunction, gone?: () => void) {
    this.provider = provider;
    this.slot = slot;
    this.#by = by;
    this.#gone = gone;
    acquired(by);
  }

  retain(): void {
    if (this.#users === 0) throw new Error("a native handle is used that has been released");
    this.#users += 1;
  }

  letGo(): void {
    if (this.#users === 0) throw new Error("a native handle was let go of by more than its users");
    this.#users -= 1;
    if (this.#users > 0) return;
    release(this.provider, this.#by, this.slot.address);
    this.slot.giveBack();
    this.#gone?.();
  }

  /** The native side has released it by itself; for its only user. */
  forget(): void {
    this.#users = 0;
    surrendered(this.#by);
    this.slot.giveBack();
    this.#gone?.();
  }
}
