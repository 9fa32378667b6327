import type { SecurityProvider } from "../native/index.ts";
import type { HandleSlot } from "./handle-slot.ts";
import { acquired, type ReleaseFunction, release, surrendered } from "./release.ts";
import { Shared } from "./shared.ts";

/**
 * A native handle with several users: a credential and the contexts made with it. It is released through
 * its provider when the last of them lets go.
 */
export class SharedHandle extends Shared {
  readonly provider: SecurityProvider;
  readonly slot: HandleSlot;
  readonly #by: ReleaseFunction;
  readonly #gone: (() => void) | undefined;

  /**
   * The slot holds a handle that the provider has just handed out; the caller is its first user. `gone` is called
   * once it is released: what it stood on is needed no longer.
   */
  constructor(provider: SecurityProvider, slot: HandleSlot, by: ReleaseFunction, gone?: () => void) {
    super();
    this.provider = provider;
    this.slot = slot;
    this.#by = by;
    this.#gone = gone;
    acquired(by);
  }

  /** The native side has released it by itself; for its only user. */
  forget(): void {
    this.abandon();
    surrendered(this.#by);
    this.#ended();
  }

  protected override release(): void {
    release(this.provider, this.#by, this.slot.address);
    this.#ended();
  }

  #ended(): void {
    this.slot.giveBack();
    this.#gone?.();
  }
}

/** Releases a handle that nobody will own, where there is one: it came with a status that is no success. */
export function releaseUnowned(provider: SecurityProvider, slot: HandleSlot, by: ReleaseFunction): void {
  if (!slot.filled) return;
  acquired(by);
  release(provider, by, slot.address);
}
