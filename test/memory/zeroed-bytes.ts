import { onTestFinished, vi } from "vitest";

/** What bytes held when they were zeroed by `fill(0)`, from now on until the test has finished. */
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

/** How often these very bytes were zeroed. */
export function timesZeroed(zeroed: readonly Buffer[], bytes: string | Uint8Array): number {
  const looked = Buffer.from(bytes);
  return zeroed.filter((one) => one.equals(looked)).length;
}
