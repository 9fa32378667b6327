import { onTestFinished } from "vitest";
import { NativeMemory } from "../../src/interface/native-memory.ts";

/**
 * Memory that stays until the test has finished. A test uses its addresses only, so without this reference the engine
 * may collect it while native code reads there.
 */
export function keptMemory(): NativeMemory {
  const memory = new NativeMemory();
  onTestFinished(() => void memory.allocate(0));
  return memory;
}
