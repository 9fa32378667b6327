import { describe, expect, it } from "vitest";
import { HandleSlot, live, releaseUnowned, SharedHandle } from "../../src/memory/index.ts";
import { addressOfBuffer, copyMemory } from "../../src/native/index.ts";
import { releasingProvider } from "./releasing-provider.ts";

describe("a shared handle", () => {
  it("is released once, when the last of its users lets go, by the address of its slot", () => {
    const { provider, released } = releasingProvider();
    const slot = HandleSlot.lease();
    const handle = new SharedHandle(provider, slot, "FreeCredentialsHandle");
    handle.retain();
    handle.retain();
    handle.letGo();
    handle.letGo();
    expect(released).toEqual([]);
    expect(live()).toMatchObject({ credentials: 1, contexts: 0 });
    handle.letGo();
    expect(released).toEqual([["FreeCredentialsHandle", slot.address]]);
    expect(live().credentials).toBe(0);
  });

  it("gives its slot back, but not before it is released", () => {
    const { provider } = releasingProvider();
    const slot = HandleSlot.lease();
    const handle = new SharedHandle(provider, slot, "DeleteSecurityContext");
    expect(live().contexts).toBe(1);
    const other = HandleSlot.lease();
    expect(other.address).not.toBe(slot.address);
    other.giveBack();
    handle.letGo();
    const next = HandleSlot.lease();
    expect(next.address).toBe(slot.address);
    next.giveBack();
  });

  it.each(["letGo", "forget"] as const)("that is gone, after %s, has no users: it is not released again", (end) => {
    const { provider, released } = releasingProvider();
    const handle = new SharedHandle(provider, HandleSlot.lease(), "DeleteSecurityContext");
    handle[end]();
    const before = [...released];
    expect(() => handle.letGo()).toThrow("let go of by more than its users");
    expect(() => handle.retain()).toThrow("has been released");
    expect(released).toEqual(before);
    expect(live().contexts).toBe(0);
  });
});

describe("a handle that a failed call left in a slot", () => {
  it("is released at once, and the slot stays the caller's", () => {
    const { provider, released } = releasingProvider();
    const slot = HandleSlot.lease();
    copyMemory(slot.address, addressOfBuffer(Uint8Array.of(1, 0, 0, 0).buffer), 4);
    releaseUnowned(provider, slot, "DeleteSecurityContext");
    expect(released).toEqual([["DeleteSecurityContext", slot.address]]);
    expect(live().contexts).toBe(0);
    slot.giveBack();
  });

  it("is not released where the call left none", () => {
    const { provider, released } = releasingProvider();
    const slot = HandleSlot.lease();
    releaseUnowned(provider, slot, "DeleteSecurityContext");
    expect(released).toEqual([]);
    expect(live().contexts).toBe(0);
    slot.giveBack();
  });
});
