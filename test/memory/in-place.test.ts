import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { addressInPlace } from "../../src/memory/index.ts";
import { addressOfBuffer } from "../../src/native/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";

/** Detaches a buffer, as `postMessage` with a transfer list does. */
function detach(buffer: ArrayBuffer): void {
  structuredClone(buffer, { transfer: [buffer] });
}

const detached = /^data: its ArrayBuffer is detached/;

describe("bytes that native code works on where they are", () => {
  it("are found at any number of uses, and never after their buffer is detached", () => {
    const use = fc.record({ buffer: fc.nat(3), offset: fc.nat(8), length: fc.nat(8), detach: fc.boolean() });
    fc.assert(
      fc.property(fc.array(use, { maxLength: 30 }), (uses) => {
        const buffers = Array.from({ length: 4 }, () => new ArrayBuffer(16));
        for (const { buffer: index, offset, length, detach: taken } of uses) {
          const buffer = buffers[index] as ArrayBuffer;
          if (buffer.byteLength === 0) continue;
          const bytes = new Uint8Array(buffer, offset, length);
          expect(addressInPlace(bytes, "data")).toBe(addressOfBuffer(buffer) + offset);
          if (!taken) continue;
          detach(buffer);
          expect(() => addressInPlace(bytes, "data")).toThrow(detached);
        }
      }),
    );
  });

  it.each(["encryptInPlace", "decryptInPlace"] as const)(
    "make %s fail once they are detached, also right after the same call with them",
    (name) => {
      const sspi = scripted({
        sizes: { trailer: 16 },
        encrypt: () => SEC_E_OK,
        decrypt: () => SEC_E_OK,
      });
      using client = complete(sspi);
      const [token, data] = [new Uint8Array(16), new Uint8Array(16)];
      client[name](token, data);
      detach(data.buffer);
      const calls = sspi.calls.length;
      expect(() => client[name](token, data)).toThrow(detached);
      expect(sspi.calls.length).toBe(calls);
    },
  );
});
