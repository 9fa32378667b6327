import { onTestFinished, vi } from "vitest";

/**
 * Keeps every ArrayBuffer that `new` creates from now on, until the test has finished. A kept buffer cannot be
 * collected and reused, so a test can read it after its creator has dropped it.
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

/** The kept buffers that are not entirely zero. */
export function notZeroed(kept: readonly ArrayBuffer[]): readonly ArrayBuffer[] {
  return kept.filter((buffer) => new Uint8Array(buffer).some((byte) => byte !== 0));
}
