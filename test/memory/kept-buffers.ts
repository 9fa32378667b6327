import { onTestFinished, vi } from "vitest";

/**
 * Every ArrayBuffer that is made by `new` from now on, until the test has finished. What is held cannot be collected
 * and used again, so that a test can look at it after whoever made it has let go of it.
 */
export function keepBuffers(): readonly ArrayBuffer[] {
  const kept: ArrayBuffer[] = [];
  const Original = ArrayBuffer;
  class Kept extends Original {
    constructor(size: number) {
      super(size);
      kept.push(this);
    }

    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Original;
    }
  }
  vi.stubGlobal("ArrayBuffer", Kept);
  onTestFinished(() => void vi.unstubAllGlobals());
  return kept;
}

/** Those of them that are not zero throughout. */
export function notZeroed(kept: readonly ArrayBuffer[]): readonly ArrayBuffer[] {
  return kept.filter((buffer) => new Uint8Array(buffer).some((byte) => byte !== 0));
}
