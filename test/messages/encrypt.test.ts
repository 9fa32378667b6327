import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_PADDING, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_ENCRYPT_FAILURE, SEC_E_OK } from "../../generated/status/constants.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

/** Stands for encryption: every byte changed. */
const sealed = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));

/** A package whose token has `token` bytes and whose padding has `padding` bytes of the buffers for them. */
function sealing(token: number, padding: number): (call: MessageCall) => number {
  return ({ buffers }) => {
    const data = buffers.all[1]?.bytes as Buffer;
    buffers.fill(0, Buffer.alloc(token, "T"));
    buffers.fill(1, sealed(data));
    if (buffers.all[2]) buffers.fill(2, Buffer.alloc(padding, "P"));
    return SEC_E_OK;
  };
}

describe("an encrypted message", () => {
  it("is token, data and padding without gaps, however much of the room the package used", () => {
    const sizes = fc
      .record({ trailer: fc.integer({ min: 0, max: 64 }), block: fc.integer({ min: 0, max: 32 }) })
      .chain(({ trailer, block }) =>
        fc.record({
          trailer: fc.constant(trailer),
          block: fc.constant(block),
          token: fc.integer({ min: 0, max: trailer }),
          padding: fc.integer({ min: 0, max: block }),
        }),
      );
    fc.assert(
      fc.property(sizes, fc.uint8Array({ maxLength: 500 }), ({ trailer, block, token, padding }, message) => {
        using client = complete(scripted({ sizes: { trailer, block }, encrypt: sealing(token, padding) }));
        const expected = Buffer.concat([Buffer.alloc(token, "T"), sealed(message), Buffer.alloc(padding, "P")]);
        expect(client.encrypt(message)).toEqual(expected);
      }),
    );
  });

  it("is made from token, data and, where the package has blocks, padding: rooms of the sizes it asked for", () => {
    for (const block of [0, 1, 16]) {
      const seen: unknown[] = [];
      const sspi = scripted({
        sizes: { trailer: 28, block },
        encrypt: ({ buffers }) => {
          seen.push(...buffers.all.map(({ type, size }) => [type, size]));
          return SEC_E_OK;
        },
      });
      using client = complete(sspi);
      client.encrypt(Buffer.from("message"));
      const head = [
        [SECBUFFER_TOKEN, 28],
        [SECBUFFER_DATA, 7],
      ];
      expect(seen).toEqual(block === 0 ? head : [...head, [SECBUFFER_PADDING, block]]);
    }
  });

  it("leaves the caller's message as it was", () => {
    using client = complete(scripted({ encrypt: sealing(16, 0) }));
    const message = Buffer.from("mine");
    client.encrypt(message);
    expect(message.toString()).toBe("mine");
  });

  it("is the caller's own: the next one does not change it", () => {
    using client = complete(scripted({ encrypt: sealing(16, 0) }));
    const first = client.encrypt(Buffer.from("first"));
    const before = Buffer.from(first);
    client.encrypt(Buffer.from("other"));
    expect(first).toEqual(before);
  });

  it("passes its quality and its number to the package, 0 by default", () => {
    const seen: unknown[] = [];
    const encrypt = ({ quality, sequence }: MessageCall): number => {
      seen.push([quality, sequence]);
      return SEC_E_OK;
    };
    using client = complete(scripted({ encrypt }));
    client.encrypt(Buffer.from("m"));
    client.encrypt(Buffer.from("m"), { quality: 0x8000_0001, sequence: 0xffff_ffff });
    client.encryptInPlace(Buffer.alloc(16), Buffer.from("m"), { quality: 1, sequence: 2 });
    expect(seen).toEqual([
      [0, 0],
      [0x8000_0001, 0xffff_ffff],
      [1, 2],
    ]);
  });

  it("that the package refuses is a typed error", () => {
    using client = complete(scripted({ encrypt: () => SEC_E_ENCRYPT_FAILURE }));
    const failure = expect.objectContaining({ code: "SEC_E_ENCRYPT_FAILURE", operation: "EncryptMessage" });
    expect(() => client.encrypt(Buffer.from("m"))).toThrow(failure);
    expect(() => client.encryptInPlace(Buffer.alloc(16), Buffer.from("m"))).toThrow(failure);
  });

  it("asks for the sizes once in a context's life", () => {
    const sspi = scripted({ encrypt: sealing(16, 0) });
    using client = complete(sspi);
    for (let count = 0; count < 5; count += 1) client.encrypt(Buffer.from("m"));
    expect(sspi.count("QueryContextAttributesW")).toBe(1);
  });
});

describe("a message encrypted in place", () => {
  it("changes the data in its own memory, writes the token where the caller says, and returns the token's length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(16), fc.nat(9), (message, used, offset) => {
        using client = complete(scripted({ sizes: { trailer: 16 }, encrypt: sealing(used, 0) }));
        const around = Buffer.alloc(message.length + 20, ".");
        const data = around.subarray(offset, offset + message.length);
        data.set(message);
        const token = Buffer.alloc(20, "-");
        expect(client.encryptInPlace(token, data)).toBe(used);
        expect(data).toEqual(sealed(message));
        expect(token.toString()).toBe("T".repeat(used) + "-".repeat(20 - used));
        expect(Buffer.concat([around.subarray(0, offset), around.subarray(offset + message.length)])).toEqual(
          Buffer.alloc(20, "."),
        );
      }),
    );
  });

  it("is refused where the room for the token is too small, before the package writes past it", () => {
    const sspi = scripted({ sizes: { trailer: 16 }, encrypt: sealing(16, 0) });
    using client = complete(sspi);
    for (const room of [0, 1, 15])
      expect(() => client.encryptInPlace(Buffer.alloc(room), Buffer.from("m"))).toThrow(
        `token: expected room for 16 bytes, got ${room}`,
      );
    expect(sspi.count("EncryptMessage")).toBe(0);
  });

  it.each([1, 2, 5, 15, 16])("is refused where the package pads, by %i bytes: the padding would be lost", (padding) => {
    using client = complete(scripted({ sizes: { block: 16 }, encrypt: sealing(16, padding) }));
    expect(() => client.encryptInPlace(Buffer.alloc(16), Buffer.from("m"))).toThrow(
      /^data: the package pads this message/,
    );
  });

  it("works where the package has blocks and does not pad", () => {
    using client = complete(scripted({ sizes: { block: 16 }, encrypt: sealing(16, 0) }));
    expect(client.encryptInPlace(Buffer.alloc(16), Buffer.from("m"))).toBe(16);
  });

  it("has a buffer for padding only where blocks have several bytes, and an earlier message's padding is not its own", () => {
    using padding = complete(scripted({ sizes: { block: 16 }, encrypt: sealing(16, 5) }));
    for (const [block, count] of [
      [0, 2],
      [1, 2],
      [2, 3],
    ]) {
      const seen: number[] = [];
      const encrypt = (call: MessageCall): number => {
        seen.push(call.buffers.all.length);
        return sealing(16, 0)(call);
      };
      using client = complete(scripted({ sizes: { block: block as number }, encrypt }));
      expect(() => padding.encryptInPlace(Buffer.alloc(16), Buffer.from("m"))).toThrow("the package pads this message");
      expect(client.encryptInPlace(Buffer.alloc(16), Buffer.from("m"))).toBe(16);
      expect(seen).toEqual([count]);
    }
  });
});
