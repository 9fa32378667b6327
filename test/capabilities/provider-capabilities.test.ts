import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SECPKG_CRED } from "../../generated/sspi/constants.ts";
import { capabilities, live } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";

describe("a provider's capabilities", () => {
  it("are what it states about itself and the functions that it has", () => {
    const sspi = scripted({ version: "9.9", traits: { impersonates: false } });
    const found = capabilities(sspi.provider);
    expect(found).toMatchObject({ kind: "other", label: "scripted", version: "9.9", impersonation: "pretended" });
    expect(found.traits).toEqual(sspi.provider.traits);
    expect(found.packages.map(({ name }) => name)).toEqual(["Scripted", "Überpaket"]);
    expect(found.functions.present).toContain("AcceptSecurityContext");
    expect(found.functions.absent).toContain("AddCredentialsW");
    const asked = ["AcquireCredentialsHandleW", "FreeCredentialsHandle"];
    expect(sspi.calls).toEqual(["EnumerateSecurityPackagesW", "FreeContextBuffer", ...Array(4).fill(asked).flat()]);
  });

  it("say for each package whether the current user has credentials, for a client and for a server", () => {
    const sspi = scripted({
      acquire: ({ package: name, use }) => (name === "Scripted" || use === SECPKG_CRED.inbound ? 0 : 0x8009_030e),
    });
    const before = live();
    expect(capabilities(sspi.provider).packages).toMatchObject([
      { name: "Scripted", comment: "answers as a test says", outbound: true, inbound: true },
      { name: "Überpaket", outbound: "SEC_E_NO_CREDENTIALS", inbound: true },
    ]);
    expect(sspi.acquisitions).toEqual(
      ["Scripted", "Überpaket"].flatMap((name) =>
        [SECPKG_CRED.outbound, SECPKG_CRED.inbound].map((use) => ({
          principal: undefined,
          package: name,
          use,
          identity: undefined,
          unused: [0, 0, 0],
        })),
      ),
    );
    // Every credential that was handed out is given back, except those that were refused.
    expect([sspi.count("FreeCredentialsHandle"), live()]).toEqual([3, before]);
  });

  it("report a credential that the package refuses to free as no credential, and acquire no more of that package", () => {
    const sspi = scripted({ refuse: { FreeCredentialsHandle: 0x8009_0305 } });
    for (const _ of [1, 2]) {
      const [first] = capabilities(sspi.provider).packages;
      expect(first).toMatchObject({ outbound: "SEC_E_SECPKG_NOT_FOUND", inbound: "SEC_E_SECPKG_NOT_FOUND" });
    }
    expect(sspi.count("AcquireCredentialsHandleW")).toBe(4);
  });

  it("ask the provider again each time, since the user may have logged on in between", () => {
    let status = 0x8009_030e;
    const { provider } = scripted({ acquire: () => status });
    expect(capabilities(provider).packages[0]?.outbound).toBe("SEC_E_NO_CREDENTIALS");
    status = 0;
    expect(capabilities(provider).packages[0]?.outbound).toBe(true);
  });

  it("distinguish impersonation that is offered, pretended and absent", () => {
    const { provider } = scripted();
    expect(capabilities(provider).impersonation).toBe("offered");
    expect(capabilities({ ...provider, has: () => false }).impersonation).toBe("absent");
    expect(capabilities(scripted({ traits: { impersonates: false } }).provider).impersonation).toBe("pretended");
  });

  it("print as a table", () => {
    const { provider } = scripted({
      traits: { boundsTokens: false, sendsBindings: ["NTLM", "Kerberos"], enforcesBindings: [] },
      acquire: ({ use }) => (use === SECPKG_CRED.inbound ? 0x8009_030e : 0),
    });
    const lines = inspect(capabilities({ ...provider, has: (name) => name === "MakeSignature" })).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "provider       scripted (other)",
      "version        unknown",
      "impersonation  absent",
      "has            MakeSignature",
    ]);
    for (const trait of ["boundsTokens:no", "sendsBindings:NTLM,Kerberos", "enforcesBindings:none", "samFile:none"])
      expect(lines.join(" ")).toContain(` ${trait} `);
    expect(lines.slice(-4)).toEqual([
      "",
      "package    client credentials  server credentials",
      "Scripted   yes                 SEC_E_NO_CREDENTIALS",
      "Überpaket  yes                 SEC_E_NO_CREDENTIALS",
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("of a wrong argument are a TypeError", () => {
    expect(() => capabilities({} as never)).toThrow(/^subject: expected a provider .*, got an instance of Object$/);
    expect(() => capabilities(null as never)).toThrow(TypeError);
  });
});
