import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_MESSAGE_ALTERED, SEC_E_OK } from "../../generated/status/constants.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

/** Stands for a signature: the first bytes of the message. */
const signatureOf = (message: Uint8Array): Buffer => Buffer.from(message.subarray(0, 8));

describe("a signature", () => {
  it("is as long as the package made it, and the message stays as it was", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        const sign = ({ buffers }: MessageCall): number => {
          expect(buffers.all.map(({ type, size }) => [type, size])).toEqual([
            [SECBUFFER_DATA, message.length],
            [SECBUFFER_TOKEN, 32],
          ]);
          buffers.fill(1, signatureOf(buffers.all[0]?.bytes as Buffer));
          return SEC_E_OK;
        };
        using client = complete(scripted({ sizes: { signature: 32 }, sign }));
        const mine = Buffer.from(message);
        expect(client.sign(mine)).toEqual(signatureOf(message));
        expect(mine).toEqual(Buffer.from(message));
      }),
    );
  });

  it("D1 has zeros where the package says that it wrote more than it did, and nothing of other messages", () => {
    const sign = ({ buffers }: MessageCall): number => {
      buffers.fill(1, Buffer.from("four"));
      buffers.change(1, { size: 32 });
      return SEC_E_OK;
    };
    using client = complete(scripted({ sizes: { signature: 32 }, sign }));
    using other = complete(scripted({ sizes: { signature: 16 }, sign: () => SEC_E_OK }));
    client.query("sizes");
    other.sign(Buffer.alloc(500, "another's plaintext"));
    expect(client.sign(Buffer.from("m"))).toEqual(Buffer.concat([Buffer.from("four"), Buffer.alloc(28)]));
  });

  it("is checked against the message, neither of them changed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 64 }), (message, signature) => {
        const verify = ({ buffers }: MessageCall): number => {
          const [data, token] = buffers.all;
          expect([data?.type, token?.type]).toEqual([SECBUFFER_DATA, SECBUFFER_TOKEN]);
          expect([data?.bytes, token?.bytes]).toEqual([Buffer.from(message), Buffer.from(signature)]);
          if (message.length > 0) buffers.fill(0, new Uint8Array(message.length).fill(0xee));
          return SEC_E_OK;
        };
        using client = complete(scripted({ verify }));
        const mine = [Uint8Array.from(message), Uint8Array.from(signature)] as const;
        expect(client.verify(...mine)).toBeUndefined();
        expect(mine).toEqual([message, signature]);
      }),
    );
  });

  it("that does not match is a typed error", () => {
    using client = complete(scripted({ verify: () => SEC_E_MESSAGE_ALTERED }));
    expect(() => client.verify(Buffer.from("m"), Buffer.alloc(16))).toThrow(
      expect.objectContaining({ code: "SEC_E_MESSAGE_ALTERED", operation: "VerifySignature" }),
    );
  });

  it("is a typed error where the package has no signatures", () => {
    using client = complete(scripted());
    expect(() => client.sign(Buffer.from("m"))).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "MakeSignature" }),
    );
    expect(() => client.verify(Buffer.from("m"), Buffer.alloc(16))).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "VerifySignature" }),
    );
  });

  it("passes its quality and its number to the package, 0 by default", () => {
    const seen: unknown[] = [];
    const note = ({ quality, sequence }: MessageCall): number => {
      seen.push([quality, sequence]);
      return SEC_E_OK;
    };
    using client = complete(scripted({ sign: note, verify: note }));
    client.sign(Buffer.from("m"));
    client.sign(Buffer.from("m"), { quality: 3, sequence: 4 });
    client.verify(Buffer.from("m"), Buffer.alloc(16));
    client.verify(Buffer.from("m"), Buffer.alloc(16), { sequence: 5 });
    expect(seen).toEqual([
      [0, 0],
      [3, 4],
      [undefined, 0],
      [undefined, 5],
    ]);
  });
});
