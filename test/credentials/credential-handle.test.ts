import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it, onTestFinished } from "vitest";
import { SEC_E_NO_CREDENTIALS, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { acquiredOf } from "../../src/credentials/index.ts";
import { hostAbi, ownedHandle, pointerSize } from "../../src/ctypes/index.ts";
import { type AcquireTrace, Credential, type CredentialUse, DisposedError, live } from "../../src/index.ts";
import { type SecurityProvider, writeBytes } from "../../src/native/index.ts";
import { outbound, scripted } from "../scripted/scripted.ts";

describe("a Credential", () => {
  it("is made by acquire() alone, whatever is passed to its constructor", () => {
    const Constructor = Credential as unknown as new (...args: unknown[]) => Credential;
    for (const args of [[], [undefined], [null], [{}], [{ handle: {} }]])
      expect(() => new Constructor(...args)).toThrow(new TypeError("Credential: use Credential.acquire()"));
  });

  it("is told from any other value, and refused when it is closed", () => {
    const credential = outbound(scripted());
    const imitation = Object.assign(Object.create(Credential.prototype), { package: "Scripted", use: "outbound" });
    for (const [wrong, shape] of [
      [undefined, "undefined"],
      [null, "null"],
      ["Scripted", "a string of 8 characters"],
      [{}, "an instance of Object"],
      [imitation, "an instance of Credential"],
    ])
      expect(() => acquiredOf(wrong as never)).toThrow(
        new TypeError(`credential: expected a Credential (Credential.acquire), got ${shape}`),
      );
    expect(acquiredOf(credential).package.name).toBe("Scripted");
    credential.close();
    expect(() => acquiredOf(credential)).toThrow(DisposedError);
  });

  it("stands for its native handle in raw calls, until it is closed", () => {
    const sspi = scripted();
    const credential = outbound(sspi);
    const { kind, address, provider } = credential[ownedHandle];
    expect([kind, provider === credential.provider]).toEqual(["credential", true]);
    expect(sspi.handles.read("credential", address, "this test")).toBeDefined();
    credential.close();
    expect(() => credential[ownedHandle]).toThrow(DisposedError);
  });

  it("is traced by those who listen: on and off the event loop, with its end", async () => {
    const traces: AcquireTrace[] = [];
    const listen = (trace: unknown) => void traces.push(trace as AcquireTrace);
    subscribe("sspi-ffi:acquire", listen);
    onTestFinished(() => void unsubscribe("sspi-ffi:acquire", listen));
    const { provider } = scripted();
    Credential.acquireSync({ package: "Scripted", use: "both", provider }).close();
    (await Credential.acquire({ package: "Scripted", use: "inbound", provider })).close();
    expect(traces).toMatchObject([
      { package: "Scripted", use: "both", sync: true },
      { package: "Scripted", use: "inbound", sync: false },
    ]);
    unsubscribe("sspi-ffi:acquire", listen);
    outbound(scripted()).close();
    expect(traces).toHaveLength(2);
  });
});

describe("a handle that comes with a status that is no success", () => {
  it("is freed once, and there is no credential", async () => {
    const sspi = scripted({ acquire: () => SEC_I_CONTINUE_NEEDED });
    const refused = { code: "SEC_I_CONTINUE_NEEDED", operation: "AcquireCredentialsHandleW" };
    expect(() => outbound(sspi)).toThrow(expect.objectContaining(refused));
    const options = { package: "Scripted", use: "outbound", provider: sspi.provider } as const;
    await expect(Credential.acquire(options)).rejects.toMatchObject(refused);
    expect([sspi.count("FreeCredentialsHandle"), live().credentials]).toEqual([2, 0]);
  });
});

describe("what a provider leaves in place of a handle when it fails", () => {
  it("is no handle, and is never freed", () => {
    const sspi = scripted();
    const provider = Object.assign(sspi.provider, {
      AcquireCredentialsHandleW: (
        ...[, , , , , , , slot]: Parameters<SecurityProvider["AcquireCredentialsHandleW"]>
      ) => {
        writeBytes(slot, Buffer.alloc(2 * pointerSize(hostAbi), 0xcd));
        return SEC_E_NO_CREDENTIALS;
      },
    });
    expect(() => Credential.acquireSync({ package: "Scripted", use: "outbound", provider })).toThrow(
      "SEC_E_NO_CREDENTIALS",
    );
    expect(sspi.count("FreeCredentialsHandle")).toBe(0);
  });
});

describe("what is known of a credential", () => {
  const acquired = (options: object) => {
    const { provider } = scripted({ authData: () => undefined });
    using credential = Credential.acquireSync({ package: "Scripted", use: "outbound", provider, ...options });
    return acquiredOf(credential);
  };

  it("is whose it is: the process's user's, or a given one's", () => {
    expect(acquired({}).identity).toBe("process");
    expect(acquired({ identity: { user: "alice", password: "geheim" } }).identity).toBe("given");
    expect(acquired({ identity: { packageList: "!ntlm" } }).identity).toBe("given");
  });

  it("is whether the caller validates the peer's certificate, which has to be said by its flag", () => {
    const flags = ["useStrongCrypto", "credManualCredValidation"];
    expect(acquired({ schannel: { flags } }).manualValidation).toBe(true);
    for (const schannel of [undefined, {}, { flags: [] }, { flags: ["credAutoCredValidation"] }])
      expect(acquired({ schannel }).manualValidation).toBe(false);
  });
});

describe("a server whose package writes its client's identity into the credential", () => {
  const acquire = (use: CredentialUse, shares: "all" | readonly string[], options: object = {}) => {
    const sspi = scripted({ traits: { sharesInboundCredentials: shares } });
    return {
      sspi,
      credential: Credential.acquireSync({ package: "Scripted", use, provider: sspi.provider, ...options }),
    };
  };

  it.each(["inbound", "both"] as const)("has a native handle for each context: for the use %s", (use) => {
    const { sspi, credential } = acquire(use, ["Other"], { principal: "HTTP/one" });
    const separate = acquiredOf(credential).separate?.();
    expect(separate).not.toBe(acquiredOf(credential).handle);
    const [first, second] = sspi.acquisitions;
    expect([sspi.acquisitions.length, second]).toEqual([2, first]);
    credential.close();
    expect(live().credentials).toBe(1);
    separate?.letGo();
    expect([live().credentials, sspi.count("FreeCredentialsHandle")]).toEqual([0, 2]);
  });

  it("takes no identity, because its password would have to be kept", () => {
    const identity = { user: "alice", password: "geheim" };
    expect(() => acquire("inbound", [], { identity })).toThrow(
      /^identity: a server of Scripted takes none on scripted, where each context acquires a credential of its own$/,
    );
    acquire("outbound", [], { identity }).credential.close();
    acquire("inbound", ["scripted"], { identity }).credential.close();
  });

  it.each([
    ["outbound", []],
    ["inbound", ["SCRIPTED"]],
    ["inbound", "all"],
  ] as const)("is no client's, and none of a package that keeps peers apart: %s, %j", (use, shares) => {
    const { credential } = acquire(use, shares);
    expect(acquiredOf(credential).separate).toBeUndefined();
    credential.close();
  });
});
