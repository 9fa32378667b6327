import { describe, expect, it } from "vitest";
import { Credential } from "../../src/index.ts";
import { type CredentialRequest, definePackage, PackageHost, type ReadableCredentials } from "../../src/packages.ts";
import { thrownBy } from "../thrown-by.ts";

/** What a package that reads these structs is asked for. */
function asked(name: string, reads: readonly ReadableCredentials[] | undefined, options: object): CredentialRequest {
  const requests: CredentialRequest[] = [];
  const definition = {
    name,
    maxToken: 100,
    acquireCredentials: (request: CredentialRequest) => requests.push(request),
  };
  using defined = definePackage(reads ? { ...definition, reads } : definition);
  using host = new PackageHost();
  host.add(defined);
  using _ = Credential.acquireSync({ package: name, use: "outbound", provider: host.provider, ...options });
  return requests[0] as CredentialRequest;
}

describe("a package written in TypeScript", () => {
  it("reads SCHANNEL_CRED where it says so", () => {
    const schannel = { protocols: ["tls1.2"], flags: ["credManualCredValidation"], version: 4 };
    const request = asked("Schannel", ["SCHANNEL_CRED"], { schannel });
    expect(request.schannel).toEqual({
      struct: "SCHANNEL_CRED",
      certificates: [],
      flags: ["credManualCredValidation"],
      enabledProtocols: 0x800,
      disabledProtocols: 0,
    });
    expect([request.identity, request.credssp]).toEqual([undefined, undefined]);
  });

  it("reads SCH_CREDENTIALS where it says so", () => {
    const { schannel } = asked("Schannel", ["SCH_CREDENTIALS"], { schannel: { protocols: ["tls1.3"] } });
    expect(schannel).toMatchObject({ struct: "SCH_CREDENTIALS", enabledProtocols: 0 });
    // TLS 1.2 is switched off for clients, and 1.3 is not.
    expect((schannel?.disabledProtocols ?? 0) & (0x800 | 0x2000)).toBe(0x800);
  });

  it("is given no struct that it does not read: SEC_E_UNKNOWN_CREDENTIALS", () => {
    for (const [reads, version] of [
      [undefined, 4],
      [["SCH_CREDENTIALS"], 4],
      [["SCHANNEL_CRED"], 5],
    ] as const) {
      const refused = thrownBy(() => asked("Schannel", reads, { schannel: { version } }));
      expect(refused.code).toBe("SEC_E_UNKNOWN_CREDENTIALS");
    }
  });

  it("reads CREDSSP_CRED and both its halves, the password out of sight", () => {
    const spnego = { user: "alice", domain: "EXAMPLE", password: "Wonder1and" };
    const { credssp, identity } = asked("CREDSSP", ["CREDSSP_CRED"], {
      credssp: { spnego, schannel: { flags: ["credNoDefaultCreds"] } },
    });
    expect(credssp?.spnego).toMatchObject({ user: "alice", domain: "EXAMPLE" });
    expect(credssp?.spnego?.password).toBe("Wonder1and");
    expect(JSON.stringify(credssp)).not.toContain("Wonder1and");
    expect(credssp?.schannel).toMatchObject({ struct: "SCHANNEL_CRED", flags: ["credNoDefaultCreds"] });
    expect(identity).toBeUndefined();
  });

  it("cannot say that it reads what nobody knows", () => {
    expect(() => asked("X", ["SOMETHING" as never], {})).toThrow("reads: expected one of SCHANNEL_CRED");
  });
});
