import { describe, expect, it } from "vitest";
import { ASC_RET, SECPKG_CRED_OUTBOUND } from "../../generated/sspi/constants.ts";
import { SEC_E_NO_CREDENTIALS, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import {
  ContextStateError,
  type Credential,
  DisposedError,
  live,
  type SecurityProvider,
  ServerContext,
} from "../../src/index.ts";
import { inbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { writeNative } from "../scripted/scripted-heap.ts";

const delegating: Script = { legs: [{ status: SEC_E_OK, attributes: ASC_RET.delegate }] };

function serverOn(sspi: ScriptedSspi): ServerContext {
  using credential = inbound(sspi);
  const server = new ServerContext(credential);
  server.stepSync(Buffer.from("hello"));
  return server;
}

/** A provider that itself hands out what a client has delegated. */
function handingOut(script: Script, status = SEC_E_OK): ScriptedSspi {
  const sspi = scripted(script);
  const delegatedCredential: SecurityProvider["delegatedCredential"] = (context, credential, expiry) => {
    sspi.handles.read("context", context, "delegatedCredential");
    if (status !== SEC_E_OK) return status;
    sspi.handles.write(credential, sspi.handles.issue("credential"));
    // 2030-01-01
    writeNative(expiry, new Uint8Array(BigInt64Array.of(135_379_296_000_000_000n).buffer));
    return status;
  };
  Object.assign(sspi.provider, { delegatedCredential });
  return sspi;
}

/** The calls from here on that impersonate, acquire or revert. */
const bracketed = (sspi: ScriptedSspi): readonly string[] =>
  sspi.calls.filter((name) => /Impersonate|Acquire|Revert/.test(name)).slice(1);

describe("the credential that a client has delegated", () => {
  it("is another one each time, is the caller's, and outlives the context", () => {
    const sspi = handingOut(delegating);
    const server = serverOn(sspi);
    using first: Credential = server.delegated();
    using second: Credential = server.delegated();
    server.close();
    expect(first).toMatchObject({ package: "Scripted", use: "outbound", closed: false, provider: server.provider });
    expect(first.expiry?.toISOString()).toBe("2030-01-01T00:00:00.000Z");
    second.close();
    expect([first.closed, live().credentials, bracketed(sspi)]).toEqual([false, 1, []]);
  });

  it("is an error of the provider where it refuses, and nothing stays open", () => {
    const sspi = handingOut(delegating, SEC_E_NO_CREDENTIALS);
    using server = serverOn(sspi);
    const open = live();
    expect(() => server.delegated()).toThrow(
      expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS", operation: "delegatedCredential" }),
    );
    expect(live()).toEqual(open);
  });

  it("is acquired as the client on a provider that impersonates, and only while it does", () => {
    const sspi = scripted(delegating);
    using server = serverOn(sspi);
    using credential = server.delegated();
    expect(bracketed(sspi)).toEqual([
      "ImpersonateSecurityContext",
      "AcquireCredentialsHandleW",
      "RevertSecurityContext",
    ]);
    expect(sspi.acquisitions.at(-1)).toMatchObject({
      package: "Scripted",
      use: SECPKG_CRED_OUTBOUND,
      principal: undefined,
      identity: undefined,
    });
    expect(credential).toMatchObject({ package: "Scripted", use: "outbound" });
  });

  it("B11 is refused where the provider only pretends to impersonate: it would be the service's own", () => {
    const sspi = scripted({ ...delegating, traits: { impersonates: false } });
    using server = serverOn(sspi);
    expect(() => server.delegated()).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "delegatedCredential" }),
    );
    expect(bracketed(sspi)).toEqual([]);
  });

  it.each([
    ["has granted no delegation", { legs: [{ status: SEC_E_OK, attributes: ASC_RET.integrity }] }],
    ["does not report what it granted", { ...delegating, traits: { reportsFlags: false } }],
  ])("is refused without a native call where the provider %s", (_, script) => {
    for (const sspi of [handingOut(script), scripted(script)]) {
      using server = serverOn(sspi);
      const before = sspi.calls.length;
      expect(() => server.delegated()).toThrow(
        expect.objectContaining({ code: "SEC_E_NO_CREDENTIALS", operation: "delegatedCredential" }),
      );
      expect(sspi.calls).toHaveLength(before);
    }
  });

  it("needs a complete context that is open", () => {
    const sspi = handingOut({ legs: [{ status: SEC_I_CONTINUE_NEEDED, attributes: ASC_RET.delegate }] });
    const server = serverOn(sspi);
    expect(() => server.delegated()).toThrow(ContextStateError);
    server.close();
    expect(() => server.delegated()).toThrow(DisposedError);
  });
});
