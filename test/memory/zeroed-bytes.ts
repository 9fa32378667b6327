import { onTestFinished, vi } from "vitest";

/** The contents that bytes had when `fill(0)` zeroed them, from now on until the test has finished. */
export function watchZeroing(): readonly Buffer[] {
  const zeroed: Buffer[] = [];
  for (const prototype of [Uint8Array.prototype, Buffer.prototype]) {
    const { fill } = prototype;
    const spy = vi.spyOn(prototype, "fill").mockImplementation(function (this: Uint8Array, ...args: unknown[]) {
      if (args.length === 1 && args[0] === 0) zeroed.push(Buffer.from(this));
      return Reflect.apply(fill, this, args) as never;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return zeroed;
}

/** How often exactly these bytes were zeroed. */
export function timesZeroed(zeroed: readonly Buffer[], bytes: string | Uint8Array): number {
  const looked = Buffer.from(bytes);
  return zeroed.filter((one) => one.equals(looked)).length;
}
