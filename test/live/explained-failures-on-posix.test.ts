import { describe, expect, it } from "vitest";
import { Credential, gssapiProvider, type SspiError } from "../../src/index.ts";
import { thrownBy } from "../thrown-by.ts";
import { established, Ntlm } from "./ntlm.ts";
import { providers } from "./providers.ts";

const on = providers.filter(({ kind }) => kind === "winpr").map((provider) => ({ provider, label: provider.label }));

describe.each(on)("what a failure on $label says in addition to its status", ({ provider, label }) => {
  it("is the name of the attribute that was asked for, and of the context or credential", () => {
    using ntlm = established(provider);
    expect((thrownBy(() => ntlm.server.query("names")).cause as Error).message).toBe(
      `attribute: ${label} does not answer SECPKG_ATTR_NAMES of this context`,
    );
  });

  it("is that the file of users cannot be read", () => {
    using ntlm = new Ntlm(provider, { samFile: "/nowhere/SAM" });
    const { code, cause } = thrownBy(() => ntlm.handshakeSync()) as SspiError;
    expect(code).toMatch(/^SEC_E_(NO_CREDENTIALS|INTERNAL_ERROR)$/);
    expect(cause).toMatchObject({
      message: 'winpr.samFile: "/nowhere/SAM" cannot be read',
      cause: expect.objectContaining({ code: "ENOENT" }),
    });
  });
});

describe("a credential of Kerberos without tickets", () => {
  const missing = process.env["KRB5CCNAME"];

  it.each([...on.filter(({ provider }) => provider.traits.namesTicketCache), { provider: gssapiProvider() }])(
    "is refused with advice",
    ({ provider }) => {
      process.env["KRB5CCNAME"] = "FILE:/nowhere/ccache";
      try {
        const options = { package: "Kerberos", use: "outbound", provider } as const;
        expect(thrownBy(() => Credential.acquireSync(options)).message).toBe(
          "AcquireCredentialsHandleW: SEC_E_NO_CREDENTIALS (0x8009030e): the package has no credentials to use: " +
            "neither an identity nor, of Kerberos, tickets (kinit) or keys",
        );
      } finally {
        if (missing === undefined) delete process.env["KRB5CCNAME"];
        else process.env["KRB5CCNAME"] = missing;
      }
    },
  );
});
