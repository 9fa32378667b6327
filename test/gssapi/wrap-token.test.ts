import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_INVALID_TOKEN } from "../../generated/status/constants.ts";
import { hasFramedTokens } from "../../src/gssapi/key-algorithms.ts";
import { checkWrapToken } from "../../src/gssapi/wrap-token.ts";
import { Arena, addressInPlace } from "../../src/memory/index.ts";

const sizes = { sealed: 60, signed: 28, signature: 28, dceStyle: false };

function refused(token: Uint8Array, framed: boolean): boolean {
  const elsewhere = new Arena(256).write(token);
  const answers = [elsewhere.address, addressInPlace(token, "token")].map((address) => {
    try {
      checkWrapToken(address, token.length, { ...sizes, framed });
      return false;
    } catch (error) {
      expect(error).toMatchObject({ status: SEC_E_INVALID_TOKEN });
      return true;
    }
  });
  // It makes no difference whether the token is in an array of the caller's or elsewhere.
  expect(answers[1]).toBe(answers[0]);
  return answers[0] as boolean;
}

/** 100 bytes with this beginning. */
function token(...first: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(first), Buffer.alloc(100 - first.length)]);
}

const sealed = token(5, 4, 2, 0xff);
const [framedSeal, framedSignature, bare] = [token(0x60, 98, 6, 9), token(1, 1, 0x11, 0), token(2, 1, 0x11, 0)];

describe("the form of a message token that reaches GSSAPI", () => {
  it("A14 is RFC 4121's for a context of newer keys, and nothing else whatever it begins with", () => {
    expect(refused(sealed, false)).toBe(false);
    for (const other of [framedSeal, framedSignature, bare]) expect(refused(other, false)).toBe(true);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 2 }), (first) => {
        fc.pre(first[0] !== 5 || first[1] !== 4);
        expect(refused(token(...first), false)).toBe(true);
      }),
    );
  });

  it("A14 is that of RFC 1964 for a context of older keys", () => {
    expect([refused(sealed, true), refused(framedSeal, true)]).toEqual([true, false]);
  });

  it("A14 is chosen by the key's type: DES, triple DES and RC4 are older than AES and Camellia", () => {
    const types = [1, 2, 3, 16, 17, 18, 19, 20, 23, 24, 25, 26];
    expect(types.filter(hasFramedTokens)).toEqual([1, 2, 3, 16, 23, 24]);
  });
});
