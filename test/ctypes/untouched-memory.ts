import { expect } from "vitest";

/** Memory with a pattern in it, and a check that a refused write left it unchanged. */
export function patterned(size = 32): { readonly view: DataView; readonly expectUntouched: () => void } {
  const bytes = Uint8Array.from({ length: size }, (_, index) => 0xa0 + (index % 16));
  const before = bytes.slice();
  return { view: new DataView(bytes.buffer), expectUntouched: () => expect(bytes).toEqual(before) };
}
