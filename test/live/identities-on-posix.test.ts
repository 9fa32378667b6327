import { describe, expect, it } from "vitest";
import { AuthIdentity, ClientContext, Credential, type systemProvider, targetHostName } from "../../src/index.ts";
import { providers } from "./providers.ts";

const alice = { user: "alice", domain: "EXAMPLE", password: "userpw" } as const;

/** The first token of Negotiate, which is an NTLM token: there is no ticket. */
function firstToken(provider: ReturnType<typeof systemProvider>, packageList?: string): string {
  const identity = { ...alice, ...(packageList !== undefined && { packageList }) };
  using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound", identity, provider });
  using context = new ClientContext(credential, { target: "HTTP/nowhere.example" });
  return Buffer.from(context.stepSync().token ?? [])
    .subarray(0, 7)
    .toString();
}

describe.each(providers.map((provider) => [provider.label, provider] as const))(
  "a list of packages on %s",
  (_, provider) => {
    it("is what Negotiate chooses from, where the provider reads one", () => {
      if (Number.parseInt(provider.version ?? "", 10) >= 3) {
        expect([firstToken(provider), firstToken(provider, "!kerberos")]).toEqual(["NTLMSSP", "NTLMSSP"]);
        expect(() => firstToken(provider, "!ntlm")).toThrow("InitializeSecurityContextW: SEC_E_INTERNAL_ERROR");
      } else {
        expect(() => firstToken(provider, "!ntlm")).toThrow(`identity.packageList: ${provider.label} reads none`);
      }
    });

    it.each(["kerberos", "nosuch", "ntlm,!kerberos"])(
      "B5 is refused where a package that it does not name is offered too: %s",
      (list) => {
        const refusal =
          Number.parseInt(provider.version ?? "", 10) >= 3 ? "also offers what a list does not name" : "reads none";
        expect(() => firstToken(provider, list)).toThrow(`identity.packageList: ${provider.label} ${refusal}`);
      },
    );

    it("cannot be combined with a packed secret or with credentials for CredSSP", () => {
      const packed = { packedCredentials: { type: "password", password: "userpw" } } as const;
      const options = { package: "Negotiate", use: "outbound", provider } as const;
      expect(() => Credential.acquireSync({ ...options, identity: packed })).toThrow(
        /^identity.packedCredentials: .* reads none/,
      );
      expect(() => Credential.acquireSync({ ...options, package: "CREDSSP", credssp: {} })).toThrow(
        `credssp: ${provider.label} takes an identity instead`,
      );
    });
  },
);

describe("identities that SSPI keeps", () => {
  it("are not supported by WinPR: what uses their functions fails as unsupported", () => {
    expect(() => AuthIdentity.encode({ user: "alice", packedCredentials: "userpw" })).toThrow(
      "SspiEncodeStringsAsAuthIdentity: SEC_E_UNSUPPORTED_FUNCTION",
    );
    expect(() => AuthIdentity.unmarshal(Buffer.from("an identity"))).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
    expect(() => targetHostName("HTTP/intranet.example")).toThrow("SspiGetTargetHostName: SEC_E_UNSUPPORTED_FUNCTION");
  });
});
