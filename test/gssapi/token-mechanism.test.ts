import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAccepted } from "../../src/gssapi/token-mechanism.ts";
import { Arena } from "../../src/memory/index.ts";

const kerberos = "2a864886f712010202";
const spnego = "2b0601050502";
const ntlm = "2b06010401823702020a";

function accepted(token: Uint8Array, withSpnego = false): boolean {
  const arena = new Arena(0x2_0000);
  return isAccepted(arena.write(token).address, token.length, withSpnego);
}

/** A first token of a mechanism, with `size` bytes of its own. */
function first(mechanism: string, size = 10): Buffer {
  const oid = Buffer.from(mechanism, "hex");
  const content = Buffer.concat([Buffer.of(0x06, oid.length), oid, Buffer.alloc(size, 0x41)]);
  const { length } = content;
  const encoded = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(0x60, ...encoded), content]);
}

describe("a first token that reaches GSSAPI", () => {
  it("B34 is accepted as one of Kerberos, or of SPNEGO where that is expected, whatever its length", () => {
    for (const size of [0, 100, 200, 5000]) {
      for (const oid of [kerberos, "2a864882f712010202", "2b05010502"]) expect(accepted(first(oid, size))).toBe(true);
      expect([accepted(first(spnego, size), true), accepted(first(spnego, size))]).toEqual([true, false]);
      expect([accepted(first(ntlm, size), true), accepted(first(`${kerberos}03`, size))]).toEqual([false, false]);
    }
    expect(accepted(Buffer.from("NTLMSSP\0\x01\0\0\0"))).toBe(false);
  });

  it("B34 is refused where its frame is cut, has a length not in the shortest form, or names no mechanism", () => {
    const whole = first(kerberos, 200);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (size) => {
        expect(accepted(whole.subarray(0, size))).toBe(false);
      }),
    );
    const long = Buffer.concat([Buffer.of(0x60, 0x82, 0, 13), first(kerberos, 2).subarray(2)]);
    expect([accepted(long), accepted(Buffer.of(0x60, 0)), accepted(Buffer.of(0x60, 0x80))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("is left to the library where it has no such frame", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (token) => {
        fc.pre(token[0] !== 0x60 && token[0] !== 0x4e);
        expect(accepted(token)).toBe(true);
      }),
    );
  });
});
