import type { SecurityProvider } from "../native/index.ts";
import type { HandleSlot } from "./handle-slot.ts";
import { acquired, type ReleaseFunction, release, surrendered } from "./release.ts";
import { Shared } from "./shared.ts";

/**
 * A native handle with several users, such as a credential's handle, which the contexts made from it also use. It is
 * released through its provider when its last user releases it.
 */
export class SharedHandle extends Shared {
  readonly provider: SecurityProvider;
  readonly slot: HandleSlot;
  readonly #by: ReleaseFunction;
  readonly #gone: (() => void) | undefined;

  /**
   * The slot holds a handle that the provider has just handed out; the caller is its first user. `gone` is called after
   * the release, when the handle no longer needs the objects on which it depended.
   */
  constructor(provider: SecurityProvider, slot: HandleSlot, by: ReleaseFunction, gone?: () => void) {
    super();
    this.provider = provider;
    this.slot = slot;
    this.#by = by;
    this.#gone = gone;
    acquired(by);
  }

  /** Forgets the handle, because the native side has already released it. Only valid with one user. */
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

/** Releases a handle, if there is one, that a call returned together with a failure, so that nobody owns it. */
export function releaseUnowned(provider: SecurityProvider, slot: HandleSlot, by: ReleaseFunction): void {
  if (!slot.filled) return;
  acquired(by);
  release(provider, by, slot.address);
}
