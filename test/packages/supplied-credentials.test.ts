import { describe, expect, it } from "vitest";
import { Credential } from "../../src/index.ts";
import { type CredentialRequest, definePackage, PackageHost, type ReadableCredentials } from "../../src/packages.ts";
import { timesZeroed, watchZeroing } from "../memory/zeroed-bytes.ts";
import { thrownBy } from "../thrown-by.ts";

/** The credential request that a package which reads these structs gets. */
function asked(
  name: string,
  reads: readonly ReadableCredentials[] | undefined,
  options: object,
  look: (request: CredentialRequest) => void = () => {},
): CredentialRequest {
  const requests: CredentialRequest[] = [];
  const definition = {
    name,
    maxToken: 100,
    acquireCredentials: (request: CredentialRequest) => {
      look(request);
      return requests.push(request);
    },
  };
  using defined = definePackage(reads ? { ...definition, reads } : definition);
  using host = new PackageHost();
  host.add(defined);
  using _ = Credential.acquireSync({ package: name, use: "outbound", provider: host.provider, ...options });
  return requests[0] as CredentialRequest;
}

describe("a TypeScript package", () => {
  it("gets SCHANNEL_CRED if its definition lists it in `reads`", () => {
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

  it("gets SCH_CREDENTIALS if its definition lists it in `reads`", () => {
    const { schannel } = asked("Schannel", ["SCH_CREDENTIALS"], { schannel: { protocols: ["tls1.3"] } });
    expect(schannel).toMatchObject({ struct: "SCH_CREDENTIALS", enabledProtocols: 0 });
    // TLS 1.2 is disabled for clients, TLS 1.3 is not.
    expect((schannel?.disabledProtocols ?? 0) & (0x800 | 0x2000)).toBe(0x800);
  });

  it("gets no struct that `reads` does not list: acquiring throws SEC_E_UNKNOWN_CREDENTIALS", () => {
    for (const [reads, version] of [
      [undefined, 4],
      [["SCH_CREDENTIALS"], 4],
      [["SCHANNEL_CRED"], 5],
    ] as const) {
      const refused = thrownBy(() => asked("Schannel", reads, { schannel: { version } }));
      expect(refused.code).toBe("SEC_E_UNKNOWN_CREDENTIALS");
    }
  });

  it("gets CREDSSP_CRED with both its parts, and the password does not appear in JSON", () => {
    const spnego = { user: "alice", domain: "EXAMPLE", password: "Wonder1and" };
    let password: string | undefined;
    const { credssp, identity } = asked(
      "CREDSSP",
      ["CREDSSP_CRED"],
      { credssp: { spnego, schannel: { flags: ["credNoDefaultCreds"] } } },
      (request) => {
        password = request.credssp?.spnego?.password;
      },
    );
    expect(credssp?.spnego).toMatchObject({ user: "alice", domain: "EXAMPLE" });
    expect(password).toBe("Wonder1and");
    expect(JSON.stringify(credssp)).not.toContain("Wonder1and");
    expect(credssp?.schannel).toMatchObject({ struct: "SCHANNEL_CRED", flags: ["credNoDefaultCreds"] });
    expect(identity).toBeUndefined();
  });

  it("E6 can read a password, given as text or as bytes, only during acquireCredentials, after which it is zeroed", () => {
    const zeroed = watchZeroing();
    for (const given of ["Wönder1and", Buffer.from("Wönder1and")]) {
      let bytes: Uint8Array = new Uint8Array();
      let read: string | undefined;
      const { identity } = asked("X", undefined, { identity: { user: "alice", password: given } }, (request) => {
        read = request.identity?.password;
        bytes = request.identity?.passwordBytes ?? bytes;
        expect(Buffer.from(bytes).toString()).toBe("Wönder1and");
      });
      expect([read, bytes.length]).toEqual(["Wönder1and", 11]);
      expect(Buffer.from(bytes)).toEqual(Buffer.alloc(11));
      expect(() => identity?.password).toThrow("identity.password: it is zeroed when the package has answered");
    }
    // The UTF-16 copies that carried each password to the package are zeroed, too.
    expect(timesZeroed(zeroed, Buffer.from("Wönder1and", "utf16le"))).toBe(2);
  });

  it("cannot list an unknown struct in `reads`", () => {
    expect(() => asked("X", ["SOMETHING" as never], {})).toThrow("reads: expected one of SCHANNEL_CRED");
  });
});
