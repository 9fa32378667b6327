import { describe, expect, it } from "vitest";
import { acquiredOf, adoptCredential } from "../../src/credentials/index.ts";
import type { Address } from "../../src/ctypes/index.ts";
import { live } from "../../src/index.ts";
import { HandleSlot } from "../../src/memory/index.ts";
import { writeBytes } from "../../src/native/index.ts";
import { type ScriptedSspi, scripted } from "../scripted/scripted.ts";

/** The ticks of 3 February 2031, on the provider's local clock. */
const ticks = (BigInt(Date.UTC(2031, 1, 3)) + 11_644_473_600_000n) * 10_000n;

/** Hands out a handle, and an expiry unless it is undefined. */
const handing =
  ({ handles }: ScriptedSspi, expiry?: bigint) =>
  (slot: Address, at: Address): void => {
    handles.write(slot, handles.issue("credential"));
    if (expiry !== undefined) writeBytes(at, new Uint8Array(BigInt64Array.of(expiry).buffer));
  };

describe("a credential whose handle another call hands out", () => {
  it("is a client's of somebody else, with the package as the provider spells it, and its handle is freed once", () => {
    const sspi = scripted();
    const credential = adoptCredential(sspi.provider, "sCRIPTED", handing(sspi, ticks));
    expect(credential).toMatchObject({ package: "Scripted", use: "outbound", expiry: new Date(2031, 1, 3) });
    expect(acquiredOf(credential)).toMatchObject({
      identity: "given",
      separate: undefined,
      samFile: undefined,
      manualValidation: false,
    });
    expect(live().credentials).toBe(1);
    credential.close();
    expect(sspi.released.at(-1)).toBe("FreeCredentialsHandle");
  });

  it("has no expiry where the call writes none, whatever an earlier call has written", () => {
    const sspi = scripted();
    adoptCredential(sspi.provider, "Scripted", handing(sspi, ticks)).close();
    const credential = adoptCredential(sspi.provider, "Scripted", handing(sspi));
    expect(credential.expiry).toBeUndefined();
    credential.close();
  });

  it("does not come to be where the call fails, and its place is free again", () => {
    const next = (): number => {
      const slot = HandleSlot.lease();
      slot.giveBack();
      return slot.address;
    };
    const before = next();
    const refuse = (): void => {
      throw new Error("no handle");
    };
    expect(() => adoptCredential(scripted().provider, "Scripted", refuse)).toThrow("no handle");
    expect(next()).toBe(before);
  });
});
