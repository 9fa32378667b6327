import { describe, expect, it } from "vitest";
import { Credential, capabilities } from "../../src/index.ts";
import { providers } from "./providers.ts";

const broken = providers.filter(({ kind }) => kind === "winpr");

describe.each(broken.map((provider) => ({ provider, label: provider.label })))("Schannel on $label", ({ provider }) => {
  const refusal = {
    name: "SspiError",
    code: "SEC_E_UNSUPPORTED_FUNCTION",
    operation: "AcquireCredentialsHandleW",
    cause: new RangeError(
      `package: Schannel of ${provider.label} ends a Node process; use node:tls, or schannelStandIn() of sspi-ffi/packages`,
    ),
  };

  it.each(["inbound", "outbound", "both"] as const)("A4 is refused at acquire, with what to use instead: %s", (use) => {
    const acquire = (): unknown => Credential.acquireSync({ package: "schannel", use, provider });
    expect(acquire).toThrow(expect.objectContaining(refusal));
  });

  it("A4 is refused off the event loop, whatever its options", async () => {
    const options = { package: "Schannel", use: "outbound", schannel: { version: 4 }, provider } as const;
    await expect(Credential.acquire(options)).rejects.toMatchObject(refusal);
  });

  it("A4 is no package of capabilities() that works", () => {
    const found = capabilities(provider).packages.find(({ name }) => name === "Schannel");
    expect(found).toMatchObject({ outbound: refusal.code, inbound: refusal.code });
  });
});
