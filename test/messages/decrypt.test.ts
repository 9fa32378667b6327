import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
  SECQOP_WRAP_NO_ENCRYPT,
} from "../../generated/sspi/constants.ts";
import { SEC_E_MESSAGE_ALTERED, SEC_E_OK, SEC_E_OUT_OF_SEQUENCE } from "../../generated/status/constants.ts";
import { NotEncryptedError } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

/** Undoes "encryption" in the caller's memory and reports where the plaintext is, as packages do with a stream. */
function opening(token: number, padding = 0): (call: MessageCall) => number {
  return ({ buffers }) => {
    const [stream] = buffers.all;
    if (!stream) throw new Error("there is no buffer");
    const plain = Buffer.from(stream.bytes.subarray(token, stream.size - padding).map((byte) => byte ^ 0xff));
    buffers.change(1, { address: stream.address + BigInt(token), size: plain.length });
    buffers.fill(1, plain);
    return SEC_E_OK;
  };
}

/** The same for a package that receives token and data separately. */
const openingInPlace = ({ buffers }: MessageCall): number => {
  const data = buffers.all[1]?.bytes as Buffer;
  buffers.fill(1, Buffer.from(data.map((byte) => byte ^ 0xff)));
  return SEC_E_OK;
};

const seal = (plain: Uint8Array, token: number, padding = 0): Buffer =>
  Buffer.concat([Buffer.alloc(token, "T"), plain.map((byte) => byte ^ 0xff), Buffer.alloc(padding, "P")]);

describe("a decrypted message", () => {
  it("is the plaintext, wherever in the stream the package finds it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(60), fc.nat(16), (plain, token, padding) => {
        using client = complete(scripted({ decrypt: opening(token, padding) }));
        expect(client.decrypt(seal(plain, token, padding))).toEqual(Buffer.from(plain));
      }),
    );
  });

  it("leaves what came from the peer as it was", () => {
    using client = complete(scripted({ decrypt: opening(16) }));
    const message = seal(Buffer.from("plain"), 16);
    const before = Buffer.from(message);
    client.decrypt(message);
    expect(message).toEqual(before);
  });

  it("goes to the package as a stream and an empty data buffer, which finds the token itself", () => {
    const seen: unknown[] = [];
    const sspi = scripted({
      decrypt: (call) => {
        seen.push(...call.buffers.all.map(({ type, size }) => [type, size]));
        return opening(16)(call);
      },
    });
    using client = complete(sspi);
    client.decrypt(seal(Buffer.from("plain"), 16));
    expect(seen).toEqual([
      [SECBUFFER_STREAM, 21],
      [SECBUFFER_DATA, 0],
    ]);
  });

  it("goes as token and data to a provider that finds no token by itself", () => {
    const seen: unknown[] = [];
    const sspi = scripted({
      traits: { findsTokens: false },
      sizes: { trailer: 16 },
      decrypt: (call) => {
        seen.push(...call.buffers.all.map(({ type, size }) => [type, size]));
        return openingInPlace(call);
      },
    });
    using client = complete(sspi);
    expect(client.decrypt(seal(Buffer.from("plain"), 16)).toString()).toBe("plain");
    expect(seen).toEqual([
      [SECBUFFER_TOKEN, 16],
      [SECBUFFER_DATA, 5],
    ]);
  });

  it("C7 is SEC_E_INVALID_TOKEN where it is shorter than the token, on a provider that finds none by itself: nothing native is called", () => {
    const sspi = scripted({ traits: { findsTokens: false }, sizes: { trailer: 16 }, decrypt: openingInPlace });
    using client = complete(sspi);
    for (const length of [0, 1, 15])
      expect(() => client.decrypt(Buffer.alloc(length))).toThrow(
        expect.objectContaining({
          code: "SEC_E_INVALID_TOKEN",
          operation: "DecryptMessage",
          cause: new RangeError(`the message has ${length} bytes, and its token at least 16`),
        }),
      );
    expect(client.decrypt(Buffer.alloc(16))).toEqual(Buffer.alloc(0));
    expect(sspi.count("DecryptMessage")).toBe(1);
  });

  it("D7 decrypt() fails if the package names no plaintext or one outside the message, and returns no other bytes", () => {
    const naming = (change: (address: bigint) => Parameters<MessageCall["buffers"]["change"]>[1]) =>
      complete(
        scripted({
          decrypt: ({ buffers }) => {
            buffers.change(1, change(buffers.all[0]?.address as bigint));
            return SEC_E_OK;
          },
        }),
      );
    for (const change of [
      () => ({ type: SECBUFFER_TOKEN }),
      () => ({ size: 4 }),
      (address: bigint) => ({ address: address - 8n, size: 4 }),
      (address: bigint) => ({ address: address + 30n, size: 4 }),
    ]) {
      using client = naming(change);
      expect(() => client.decrypt(Buffer.alloc(32))).toThrow(
        expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR", operation: "DecryptMessage" }),
      );
    }
  });

  it("is also found where the package makes the stream's own buffer the data", () => {
    const decrypt = ({ buffers }: MessageCall): number => {
      const { address } = buffers.all[0] as { address: bigint };
      buffers.change(0, { type: SECBUFFER_DATA, address: address + 4n, size: 5 });
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt }));
    expect(client.decrypt(Buffer.from("HEADplainTAIL")).toString()).toBe("plain");
  });

  it("may be empty, wherever the package says that nothing is", () => {
    using client = complete(scripted({ decrypt: () => SEC_E_OK }));
    expect(client.decrypt(Buffer.alloc(32))).toEqual(Buffer.alloc(0));
  });

  it("that was altered, or is out of sequence, is a typed error", () => {
    for (const [status, code] of [
      [SEC_E_MESSAGE_ALTERED, "SEC_E_MESSAGE_ALTERED"],
      [SEC_E_OUT_OF_SEQUENCE, "SEC_E_OUT_OF_SEQUENCE"],
    ] as const) {
      using client = complete(scripted({ decrypt: () => status }));
      const failure = expect.objectContaining({ code, operation: "DecryptMessage" });
      expect(() => client.decrypt(Buffer.alloc(64))).toThrow(failure);
      expect(() => client.decryptInPlace(Buffer.alloc(16), Buffer.alloc(16))).toThrow(failure);
    }
  });

  it("passes its number to the package, 0 by default", () => {
    const seen: number[] = [];
    const decrypt = (call: MessageCall): number => {
      seen.push(call.sequence);
      return opening(0)(call);
    };
    using client = complete(scripted({ decrypt }));
    client.decrypt(Buffer.alloc(20));
    client.decrypt(Buffer.alloc(20), { sequence: 7 });
    expect(seen).toEqual([0, 7]);
  });
});

describe("a message that was only signed", () => {
  const signedOnly = (call: MessageCall): number => {
    call.answerQuality(SECQOP_WRAP_NO_ENCRYPT);
    return (call.buffers.types[0] === SECBUFFER_STREAM ? opening(16) : openingInPlace)(call);
  };

  it("B15 decrypt() refuses a message that the peer signed and did not encrypt", () => {
    using client = complete(scripted({ decrypt: signedOnly }));
    expect(() => client.decrypt(seal(Buffer.from("readable"), 16))).toThrow(NotEncryptedError);
    expect(() => client.decryptInPlace(Buffer.alloc(16), Buffer.alloc(8))).toThrow(
      expect.objectContaining({ code: "SSPI_NOT_ENCRYPTED" }),
    );
  });

  it("B15 decrypt() accepts a signed message only in the call that allows it", () => {
    using client = complete(scripted({ decrypt: signedOnly }));
    const message = seal(Buffer.from("readable"), 16);
    expect(client.decrypt(message, { allowUnencrypted: true }).toString()).toBe("readable");
    expect(client.decryptInPlace(Buffer.alloc(16), Buffer.alloc(8), { allowUnencrypted: true })).toBe(8);
    expect(() => client.decrypt(message)).toThrow(NotEncryptedError);
  });

  it("is not assumed from what an earlier message left behind", () => {
    let first = true;
    const decrypt = (call: MessageCall): number => {
      if (first) call.answerQuality(SECQOP_WRAP_NO_ENCRYPT);
      first = false;
      return opening(16)(call);
    };
    using client = complete(scripted({ decrypt }));
    const message = seal(Buffer.from("plain"), 16);
    expect(() => client.decrypt(message)).toThrow(NotEncryptedError);
    expect(client.decrypt(message).toString()).toBe("plain");
  });
});

describe("a message decrypted in place", () => {
  it("is decrypted in its own memory, and its length returned; bytes around it stay unchanged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(9), (plain, offset) => {
        using client = complete(scripted({ decrypt: openingInPlace }));
        const around = Buffer.alloc(plain.length + 20, ".");
        const data = around.subarray(offset, offset + plain.length);
        data.set(plain.map((byte) => byte ^ 0xff));
        const token = Buffer.alloc(16, "T");
        expect(client.decryptInPlace(token, data)).toBe(plain.length);
        expect(data).toEqual(Buffer.from(plain));
        expect(Buffer.concat([around.subarray(0, offset), around.subarray(offset + plain.length)])).toEqual(
          Buffer.alloc(20, "."),
        );
      }),
    );
  });

  it("is as short as the package says", () => {
    const shorter = ({ buffers }: MessageCall): number => {
      buffers.change(1, { size: 3 });
      return SEC_E_OK;
    };
    using client = complete(scripted({ decrypt: shorter }));
    expect(client.decryptInPlace(Buffer.alloc(16), Buffer.from("abc....."))).toBe(3);
  });
});
