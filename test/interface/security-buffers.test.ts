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
});
