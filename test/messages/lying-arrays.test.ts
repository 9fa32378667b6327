import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

/** An array of `length` bytes that claims to have 4096. */
function lying(length: number): Uint8Array {
  return Object.defineProperty(new Uint8Array(length), "length", { value: 4096 });
}

describe("bytes that lie about their length", () => {
  it("D3 reach the package with their real sizes: encryptInPlace, decryptInPlace, encryptBuffersInPlace", () => {
    const sizes: number[][] = [];
    const note = ({ buffers }: MessageCall): number => {
      sizes.push(buffers.all.map(({ size }) => size));
      return SEC_E_OK;
    };
    using client = complete(scripted({ sizes: { trailer: 16 }, encrypt: note, decrypt: note }));
    client.encryptInPlace(lying(20), lying(5));
    client.decryptInPlace(lying(16), lying(5));
    client.encryptBuffersInPlace([
      { type: "token", bytes: lying(16) },
      { type: "data", bytes: lying(5) },
    ]);
    expect(sizes).toEqual([
      [20, 5],
      [16, 5],
      [16, 5],
    ]);
  });

  it("D3 have to have the room that a token needs, whatever they say: encryptInPlace", () => {
    using client = complete(scripted({ sizes: { trailer: 16 }, encrypt: () => SEC_E_OK }));
    expect(() => client.encryptInPlace(lying(5), new Uint8Array(5))).toThrow(
      "token: expected room for 16 bytes, got 5",
    );
  });
});
