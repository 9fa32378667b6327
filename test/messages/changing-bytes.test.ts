import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { complete, scripted } from "../scripted/scripted.ts";

/** A resizable buffer, and bytes that cover it entirely. */
function growing(size: number): { bytes: Uint8Array<ArrayBuffer>; grow(): void } {
  // Part of ES2024, which every supported Node has and the library's declarations do not.
  const Resizable = ArrayBuffer as unknown as new (
    size: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(size: number): void };
  const buffer = new Resizable(size, { maxByteLength: 2 * size });
  return { bytes: new Uint8Array(buffer), grow: () => buffer.resize(2 * size) };
}

function takeAway({ buffer }: Uint8Array<ArrayBuffer>): void {
  structuredClone(buffer, { transfer: [buffer] });
}

describe("an option that does something to the bytes when it is read", () => {
  it.each(["data", "token"] as const)("cannot take the %s away after decryptInPlace has located it", (which) => {
    const sspi = scripted({ decrypt: () => SEC_E_OK });
    using client = complete(sspi);
    const given = { token: new Uint8Array(16), data: new Uint8Array(64) };
    const options = {
      get allowUnencrypted() {
        takeAway(given[which]);
        return true;
      },
    };
    expect(() => client.decryptInPlace(given.token, given.data, options)).toThrow(
      `${which}: its ArrayBuffer is detached`,
    );
    expect(sspi.count("DecryptMessage")).toBe(0);
  });

  it("runs before decrypt and encryptInPlace locate the bytes", () => {
    const sspi = scripted({ decrypt: () => SEC_E_OK, encrypt: () => SEC_E_OK });
    using client = complete(sspi);
    const [token, data] = [new Uint8Array(16), new Uint8Array(64)];
    const options = {
      get sequence() {
        takeAway(data);
        return 0;
      },
    };
    expect(() => client.encryptInPlace(token, data, options)).toThrow("data: its ArrayBuffer is detached");
    expect(sspi.count("EncryptMessage")).toBe(0);
  });

  it("cannot make a message longer than the room that encrypt has made for it", () => {
    const sizes: number[] = [];
    const sspi = scripted({
      encrypt: ({ buffers }) => {
        sizes.push(buffers.all[1]?.size ?? 0);
        return SEC_E_OK;
      },
    });
    using client = complete(sspi);
    const { bytes, grow } = growing(64);
    const options = {
      get quality() {
        grow();
        return 0;
      },
    };
    const sealed = client.encrypt(bytes, options);
    expect(sizes).toEqual([bytes.length]);
    expect(sealed.length).toBeGreaterThanOrEqual(bytes.length);
  });
});
