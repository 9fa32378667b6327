import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { addressInPlace, bytesAt } from "../../src/memory/index.ts";
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

  it("are found in arrays that are used again and again, and never after their buffer is detached", () => {
    const use = fc.record({ array: fc.nat(5), detach: fc.boolean() });
    fc.assert(
      fc.property(fc.array(use, { maxLength: 40 }), (uses) => {
        const buffers = [new ArrayBuffer(16), new ArrayBuffer(16), new ArrayBuffer(16)];
        const arrays = buffers.flatMap((buffer) => [new Uint8Array(buffer, 4), new Uint8Array(buffer, 1, 3)]);
        for (const { array: index, detach: taken } of uses) {
          const array = arrays[index] as Uint8Array<ArrayBuffer>;
          const { buffer, byteOffset } = array;
          if (buffer.byteLength === 0) {
            expect(() => addressInPlace(array, "data")).toThrow(detached);
            continue;
          }
          expect(addressInPlace(array, "data")).toBe(addressOfBuffer(buffer) + byteOffset);
          if (taken) detach(buffer);
        }
      }),
    );
  });

  it("are found in a part of a buffer that is too large to be remembered, and of one that is just small enough", () => {
    for (const size of [0x1_0000, 0x1_0001]) {
      const buffer = new ArrayBuffer(size);
      expect(addressInPlace(new Uint8Array(buffer, 5), "data")).toBe(addressOfBuffer(buffer) + 5);
    }
  });

  it("are no bytes where nothing was given, before and after something was", () => {
    const nothing = undefined as unknown as Uint8Array;
    expect(() => addressInPlace(nothing, "data")).toThrow("data: expected a Uint8Array or Buffer, got undefined");
    addressInPlace(new Uint8Array(8), "data");
    expect(() => addressInPlace(nothing, "data")).toThrow("data: expected a Uint8Array or Buffer, got undefined");
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

describe("bytes at an address", () => {
  it("are those of the last two arrays where they are as long, and else a copy", () => {
    const arrays = [new Uint8Array([1, 2, 3, 4]), new Uint8Array([5, 6, 7, 8])] as const;
    const [earlier, recent] = arrays.map((array) => addressInPlace(array, "data")) as [number, number];
    expect(bytesAt(earlier, 4)).toBe(arrays[0]);
    expect(bytesAt(recent, 4)).toBe(arrays[1]);
    expect(bytesAt(recent, 3)).toBe(arrays[1]);
    expect(bytesAt(earlier + 1, 3)).toEqual(new Uint8Array([2, 3, 4]));
    expect(bytesAt(recent + 1, 3)).toEqual(new Uint8Array([6, 7, 8]));
  });

  it("are as many as were asked for, also beyond the last two arrays", () => {
    const buffer = Uint8Array.from({ length: 16 }, (_, index) => index);
    const [first, part] = [buffer.subarray(0, 4), buffer.subarray(4, 8)];
    const [earlier, recent] = [first, part].map((array) => addressInPlace(array, "data")) as [number, number];
    expect(bytesAt(earlier, 8)).toEqual(buffer.subarray(0, 8));
    expect(bytesAt(recent, 8)).toEqual(buffer.subarray(4, 12));
  });
});
