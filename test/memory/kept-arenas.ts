import { onTestFinished, vi } from "vitest";
import { Arena } from "../../src/memory/index.ts";

/**
 * Keeps every arena that is used from now on, until the test has finished. A test that reads an address after the
 * call has returned needs this: nothing else holds that memory then, and once it is collected the heap writes there.
 */
export function keepArenas(): void {
  // A spy refers to the object of each call.
  const spy = vi.spyOn(Arena.prototype, "allocate");
  onTestFinished(() => spy.mockRestore());
}
