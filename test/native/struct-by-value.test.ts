import koffi from "koffi";
import { expect, it } from "vitest";
import { LSA_SET_SECPKG_FAILURE_REASON, SpGetTbalSupplementalCredsFn } from "../../generated/ntsecpkg/callbacks.ts";
import type { CallbackDeclaration } from "../../src/ctypes/index.ts";
import { koffiPrototype } from "../../src/native/koffi-types.ts";

it.each([
  { declaration: SpGetTbalSupplementalCredsFn, args: [{ LowPart: 0xffff_fffe, HighPart: -2 }, 16, 32] },
  { declaration: LSA_SET_SECPKG_FAILURE_REASON, args: [{ Status: -1, Reason: 7 }] },
] as readonly { declaration: CallbackDeclaration; args: unknown[] }[])(
  "$declaration.name receives its struct by value",
  ({ declaration, args }) => {
    const prototype = koffiPrototype(declaration);
    const seen: unknown[] = [];
    const callback = koffi.register((...got: unknown[]) => {
      seen.push(...got);
      return 0;
    }, koffi.pointer(prototype));
    try {
      expect(koffi.call(callback, prototype, ...args)).toBe(0);
      expect(seen).toEqual(args);
    } finally {
      koffi.unregister(callback);
    }
  },
);
