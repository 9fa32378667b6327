import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA } from "../../generated/sspi/constants.ts";
import { type SecurityBuffer, securityBuffers } from "../../src/interface/security-buffers.ts";
import { descriptorOf } from "../packages/raw-calls.ts";
import { keptMemory } from "./kept-memory.ts";

describe("a SecBuffer of a caller's", () => {
  it("is filled up to its last byte, and one byte more is refused before any is written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), (size) => {
        const memory = keptMemory();
        const filled = (content: Uint8Array): SecurityBuffer => {
          const at = descriptorOf(memory, [SECBUFFER_DATA, new Uint8Array(size).fill(1)]);
          const [buffer] = securityBuffers(at) as [SecurityBuffer];
          try {
            buffer.fill(content);
          } catch (error) {
            expect(error).toEqual(new RangeError(`a buffer of ${size} bytes cannot hold ${content.length}`));
          }
          return securityBuffers(at)[0] as SecurityBuffer;
        };
        expect(filled(new Uint8Array(size).fill(2)).read()).toEqual(Buffer.alloc(size, 2));
        expect(filled(new Uint8Array(size + 1).fill(2)).read()).toEqual(Buffer.alloc(size, 1));
        if (size > 0) expect(filled(new Uint8Array(size - 1).fill(2)).read()).toEqual(Buffer.alloc(size - 1, 2));
      }),
    );
  });

  it("D3 is filled with an array's real bytes, and refuses what is no Uint8Array", () => {
    const memory = keptMemory();
    const at = descriptorOf(memory, [SECBUFFER_DATA, new Uint8Array(16).fill(1)]);
    const [buffer] = securityBuffers(at) as [SecurityBuffer];
    const short = Object.defineProperty(new Uint8Array(64).fill(2), "length", { value: 8 });
    expect(() => buffer.fill(short)).toThrow(new RangeError("a buffer of 16 bytes cannot hold 64"));
    for (const wrong of ["abcd", new Uint16Array(4), [1, 2]])
      expect(() => buffer.fill(wrong as never)).toThrow("bytes: expected a Uint8Array or Buffer, got");
    expect(buffer.read()).toEqual(Buffer.alloc(16, 1));
    buffer.fill(Object.defineProperty(new Uint8Array(4).fill(3), "length", { value: 16 }));
    expect(securityBuffers(at)[0]?.read()).toEqual(Buffer.alloc(4, 3));
    expect(buffer.read().subarray(4)).toEqual(Buffer.alloc(12, 1));
  });
});
