import { onTestFinished, vi } from "vitest";
import { Arena } from "../../src/memory/index.ts";

/**
 * Keeps every arena that is used from now on, until the test has finished. A test that reads an address after the call
 * has returned needs this: nothing else keeps that memory alive then, and once it is collected the heap reuses it.
 */
export function keepArenas(): void {
  // A spy keeps the object of each call.
  const spy = vi.spyOn(Arena.prototype, "allocate");
  onTestFinished(() => spy.mockRestore());
}
