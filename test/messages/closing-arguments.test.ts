import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";

const message = Buffer.alloc(64, 1);
const part = { type: "data", bytes: Buffer.from("m") } as const;
const token = { type: "token", bytes: Buffer.alloc(16) } as const;

/** Options that close the context when they are read. */
function closing(context: ClientContext): { readonly sequence: number } {
  return {
    get sequence() {
      context.close();
      return 1;
    },
  };
}

const calls: Readonly<Record<string, (context: ClientContext) => unknown>> = {
  encrypt: (context) => context.encrypt(message, closing(context)),
  decrypt: (context) => context.decrypt(message, closing(context)),
  encryptInPlace: (context) => context.encryptInPlace(Buffer.alloc(16), message, closing(context)),
  decryptInPlace: (context) => context.decryptInPlace(Buffer.alloc(16), message, closing(context)),
  encryptBuffers: (context) => context.encryptBuffers([part], closing(context)),
  decryptBuffers: (context) => context.decryptBuffers([token, part], closing(context)),
  sign: (context) => context.sign(message, closing(context)),
  verify: (context) => context.verify(message, Buffer.alloc(16), closing(context)),
  signBuffers: (context) => context.signBuffers([part], closing(context)),
  verifyBuffers: (context) => context.verifyBuffers([part, token], closing(context)),
};

describe("a call whose arguments close the context while they are read", () => {
  it.each(Object.keys(calls))("A17 does not reach the package, whose context is deleted: %s", (name) => {
    const sspi = scripted({
      sizes: { trailer: 16, signature: 16 },
      encrypt: () => SEC_E_OK,
      decrypt: () => SEC_E_OK,
      sign: () => SEC_E_OK,
      verify: () => SEC_E_OK,
    });
    using context = complete(sspi);
    expect(() => calls[name]?.(context)).toThrow(/closed/);
    for (const call of ["EncryptMessage", "DecryptMessage", "MakeSignature", "VerifySignature"] as const)
      expect(sspi.count(call)).toBe(0);
  });
});
