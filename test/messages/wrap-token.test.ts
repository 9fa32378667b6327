import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { MessageBuffer } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";
import { thrownBy } from "../thrown-by.ts";

/** The header of a token of RFC 4121, and what follows it. */
function wrapToken(size: number, extra: number, rotation: number, name = 0x0504): Buffer {
  const token = Buffer.alloc(size);
  token.writeUInt16BE(name, 0);
  token.writeUInt16BE(extra, 4);
  token.writeUInt16BE(rotation, 6);
  return token;
}

/** Whether the library passes a peer's token to the package. */
function shown(token: Buffer, boundsTokens = false, trailer = 76): boolean {
  let seen = false;
  const decrypt = (): number => {
    seen = true;
    return SEC_E_OK;
  };
  using client = complete(scripted({ traits: { boundsTokens }, sizes: { trailer }, decrypt }));
  try {
    client.decryptInPlace(token, Buffer.alloc(8));
  } catch (error) {
    expect(error).toMatchObject({ code: "SEC_E_INVALID_TOKEN", operation: "DecryptMessage" });
  }
  return seen;
}

/** The bytes of a message that the package receives, token and data. */
function given(message: Buffer, trailer = 60): Buffer {
  let bytes: Buffer = Buffer.alloc(0);
  const decrypt = ({ buffers }: MessageCall): number => {
    bytes = Buffer.concat(buffers.all.map((one) => Buffer.from(one.bytes)));
    return SEC_E_OK;
  };
  using client = complete(scripted({ traits: { findsTokens: false }, sizes: { trailer }, decrypt }));
  client.decrypt(message);
  return bytes;
}

/** A sealed message of RFC 4121 whose bytes after the header are rotated to the right, as 4.2.5 says. */
function turned(body: Buffer, by: number): Buffer {
  const header = wrapToken(16, 0, by);
  header[2] = 0x02;
  const at = body.length - (by % body.length);
  return Buffer.concat([header, body.subarray(at), body.subarray(0, at)]);
}

describe("a message of Kerberos on a provider that does not look for its token", () => {
  it("D6 a message has its token in front, whatever rotation its peer used", () => {
    const sealed = fc.uint8Array({ minLength: 44, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(sealed, fc.oneof(fc.nat(60), fc.nat(0xffff)), (body, by) => {
        expect(given(turned(body, by))).toEqual(turned(body, 28));
      }),
    );
  });

  it("D6 a message that is not sealed, or is no Kerberos, is left as it came", () => {
    const signed = turned(Buffer.alloc(60, "0123456789"), 0);
    signed[2] = 0;
    const other = turned(Buffer.alloc(60, "0123456789"), 0);
    other[1] = 0x05;
    const padded = turned(Buffer.alloc(60, "0123456789"), 0);
    padded.writeUInt16BE(1, 4);
    for (const message of [signed, other, padded]) expect(given(Buffer.from(message))).toEqual(message);
  });

  it("D6 a message is left as it came on a package whose tokens are too short for a header and its encrypted copy", () => {
    const message = turned(Buffer.alloc(60, "0123456789"), 7);
    for (const trailer of [0, 16, 31, 32]) expect(given(Buffer.from(message), trailer)).toEqual(message);
    expect(given(message, 33)).toEqual(turned(Buffer.alloc(60, "0123456789"), 1));
  });

  it("D6 a message may be no longer than its token", () => {
    const body = Buffer.from("0123456789".repeat(5).slice(0, 44));
    expect(given(turned(body, 5))).toEqual(turned(body, 28));
  });
});

describe("a token of Kerberos on a provider that follows its offsets", () => {
  it("A8 a message token reaches WinPR's Kerberos only if its offsets stay inside the token", () => {
    const word = fc.oneof(fc.nat(100), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 200 }), word, word, (size, extra, rotation) => {
        const within = extra + 76 <= size && extra + rotation + 16 <= size;
        expect(shown(wrapToken(size, extra, rotation))).toBe(within);
      }),
    );
  });

  it("A8 a message token may end where its offsets point, and not one byte before", () => {
    for (const [extra, rotation] of [
      [0, 0],
      [0, 60],
      [24, 60],
      [20, 64],
      [0, 84],
    ] as const) {
      const end = extra + Math.max(76, 16 + rotation);
      expect(shown(wrapToken(end, extra, rotation))).toBe(true);
      if (end > 76) expect(shown(wrapToken(end - 1, extra, rotation))).toBe(false);
    }
  });

  it("is passed on where the package's tokens are too short for such a header, whatever it begins with", () => {
    for (const trailer of [8, 16]) expect(shown(wrapToken(16, 0xffff, 0xffff), false, trailer)).toBe(true);
    expect(shown(wrapToken(17, 0xffff, 0xffff), false, 17)).toBe(false);
  });

  it("may be absent from the message: decryptBuffers", () => {
    const sspi = scripted({ traits: { boundsTokens: false }, sizes: { trailer: 16 }, decrypt: () => SEC_E_OK });
    using client = complete(sspi);
    client.decryptBuffers([{ type: "stream", bytes: Buffer.alloc(8) }, { type: "data" }]);
    expect(sspi.count("DecryptMessage")).toBe(1);
  });

  it("A8 a message token shorter than the package's trailer is refused before WinPR reads it", () => {
    expect(shown(wrapToken(75, 0, 28))).toBe(false);
    expect(shown(Buffer.from([5, 4, 0, 0, 0xff, 0xff]))).toBe(false);
    expect(shown(Buffer.alloc(15), false, 16)).toBe(false);
    expect(shown(Buffer.alloc(16), false, 16)).toBe(true);
  });

  it("is left to the package where it is no token of that kind", () => {
    expect(shown(wrapToken(76, 0xffff, 0, 0x0404))).toBe(true);
  });

  it("is left alone on a provider that checks them", () => {
    expect(shown(wrapToken(76, 0xffff, 0xffff), true)).toBe(true);
  });
});

describe("a signature on a provider that does not look at its size", () => {
  it("A15 reaches the package only if it is as long as the package's signatures: verify, verifyBuffers", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.boolean(), (size, boundsTokens) => {
        const sspi = scripted({ traits: { boundsTokens }, sizes: { signature: 16 }, verify: () => SEC_E_OK });
        using client = complete(sspi);
        const buffers = [
          { type: "data", bytes: Buffer.from("m") },
          { type: "token", bytes: Buffer.alloc(size) },
        ] as const;
        for (const verified of [
          () => client.verify(Buffer.from("m"), Buffer.alloc(size)),
          () => client.verifyBuffers(buffers),
        ]) {
          if (size >= 16 || boundsTokens) verified();
          else expect(thrownBy(verified)).toMatchObject({ code: "SEC_E_INVALID_TOKEN", operation: "VerifySignature" });
        }
        expect(sspi.count("VerifySignature")).toBe(size >= 16 || boundsTokens ? 2 : 0);
      }),
    );
  });

  it("A15 is measured wherever it is among the buffers, and its exact size is enough: verifyBuffers", () => {
    const sspi = scripted({ traits: { boundsTokens: false }, sizes: { signature: 16 }, verify: () => SEC_E_OK });
    using client = complete(sspi);
    const data: MessageBuffer = { type: "data", bytes: Buffer.from("m") };
    const token = (size: number): MessageBuffer => ({ type: "token", bytes: Buffer.alloc(size) });
    const tooShort = expect.objectContaining({ code: "SEC_E_INVALID_TOKEN", operation: "VerifySignature" });
    for (const place of [0, 1]) {
      client.verifyBuffers([data].toSpliced(place, 0, token(16)));
      expect(() => client.verifyBuffers([data].toSpliced(place, 0, token(15)))).toThrow(tooShort);
    }
    expect(() => client.verifyBuffers([data])).toThrow(tooShort);
    expect(sspi.count("VerifySignature")).toBe(2);
  });
});
