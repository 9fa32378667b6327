import { describe, expect, it } from "vitest";
import { SEC_E_INVALID_TOKEN, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, ContextStateError, Credential, DisposedError, live } from "../../src/index.ts";
import { outbound, scripted } from "../scripted/scripted.ts";

const going = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("t") };
const done = { status: SEC_E_OK };

/** Every method that needs a context, by its name. */
function uses(client: ClientContext): readonly [string, () => unknown][] {
  return [
    ["query", () => client.query("sizes")],
    ["encrypt", () => client.encrypt(Buffer.from("m"))],
    ["decrypt", () => client.decrypt(Buffer.alloc(64))],
    ["encryptInPlace", () => client.encryptInPlace(Buffer.alloc(64), Buffer.from("m"))],
    ["decryptInPlace", () => client.decryptInPlace(Buffer.alloc(16), Buffer.from("m"))],
    ["sign", () => client.sign(Buffer.from("m"))],
    ["verify", () => client.verify(Buffer.from("m"), Buffer.alloc(16))],
    ["accessToken", () => client.accessToken()],
    ["impersonate", () => client.impersonate(() => 1)],
    ["flags", () => client.flags],
    ["stepSync", () => client.stepSync(Buffer.from("t"))],
  ];
}

describe("a context in the wrong state", () => {
  it("refuses to be used before its first step", () => {
    const sspi = scripted();
    using credential = outbound(sspi);
    const before = sspi.calls.length;
    using client = new ClientContext(credential);
    for (const [name, use] of uses(client).slice(0, -1)) expect(use, name).toThrow(ContextStateError);
    expect(sspi.calls).toHaveLength(before);
  });

  it("answers queries while legs remain, and refuses methods that need a complete context", () => {
    const sspi = scripted({ legs: [going] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(client.query("sizes").cbMaxToken).toBe(256);
    const before = sspi.calls.length;
    for (const [name, use] of uses(client).slice(1, -1)) expect(use, name).toThrow(/needs a complete context/);
    expect(sspi.calls).toHaveLength(before);
  });

  it("answers no queries while legs remain, where the provider would crash", () => {
    const sspi = scripted({ legs: [going, done], traits: { queriesKeysEarly: false } });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.query("sizes")).toThrow(ContextStateError);
    expect(sspi.count("QueryContextAttributesW")).toBe(0);
    client.stepSync(Buffer.from("t"));
    expect(client.query("sizes").cbMaxToken).toBe(256);
  });

  it("refuses another step when it is complete", async () => {
    const sspi = scripted({ legs: [done] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.stepSync(Buffer.from("t"))).toThrow(/complete, there is no further step/);
    await expect(client.step(Buffer.from("t"))).rejects.toThrow(ContextStateError);
    expect(client.complete).toBe(true);
  });

  it("refuses everything after a failure, and says that its context is deleted", () => {
    const sspi = scripted({ legs: [going, { status: SEC_E_INVALID_TOKEN }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.stepSync(Buffer.from("bad"))).toThrow();
    const before = sspi.calls.length;
    for (const [name, use] of uses(client)) expect(use, name).toThrow(/failed and its context is deleted/);
    expect(sspi.calls).toHaveLength(before);
  });

  it("refuses everything after close, and close is harmless when repeated", () => {
    for (const legs of [[], [going], [done]]) {
      const sspi = scripted({ legs });
      using credential = outbound(sspi);
      using client = new ClientContext(credential);
      if (legs.length > 0) client.stepSync();
      client.close();
      client.close();
      const before = sspi.calls.length;
      for (const [name, use] of uses(client)) expect(use, name).toThrow(DisposedError);
      expect(() => client.query("none" as never)).toThrow(DisposedError);
      expect(sspi.calls).toHaveLength(before);
      expect(sspi.count("DeleteSecurityContext")).toBe(legs.length);
    }
  });

  it("is not made with a closed credential", () => {
    const credential = outbound(scripted());
    credential.close();
    expect(() => new ClientContext(credential)).toThrow(DisposedError);
  });
});

describe("a credential that is closed before its context", () => {
  it("stays alive for the context, and is freed after it", () => {
    const sspi = scripted({ legs: [going, done] });
    const credential = outbound(sspi);
    const [first, second] = [new ClientContext(credential), new ClientContext(credential)];
    first.stepSync();
    credential.close();
    expect(live()).toMatchObject({ credentials: 1, contexts: 1 });
    expect(second.stepSync().status).toBe("complete");
    first.close();
    expect(sspi.count("FreeCredentialsHandle")).toBe(0);
    second.close();
    expect(sspi.released.slice(-3)).toEqual([
      "DeleteSecurityContext",
      "DeleteSecurityContext",
      "FreeCredentialsHandle",
    ]);
  });

  it("is freed even where the context never took a step", () => {
    const sspi = scripted();
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    credential.close();
    expect(sspi.count("FreeCredentialsHandle")).toBe(0);
    client.close();
    expect(sspi.released.at(-1)).toBe("FreeCredentialsHandle");
  });

  it("is freed when the exchange fails, without anyone closing the context", () => {
    const sspi = scripted({ legs: [going, { status: SEC_E_INVALID_TOKEN }] });
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    client.stepSync();
    credential.close();
    expect(() => client.stepSync(Buffer.from("bad"))).toThrow();
    expect(sspi.released.slice(-2)).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle"]);
    expect(credential).toBeInstanceOf(Credential);
  });
});
