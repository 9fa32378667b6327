import { describe, expect, it } from "vitest";
import { SecPkgCredentials_NamesW } from "../../generated/sspi/structs.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { type Credential, DisposedError } from "../../src/index.ts";
import { watchZeroing } from "../memory/zeroed-bytes.ts";
import { outbound, scripted } from "../scripted/scripted.ts";

const secret = Buffer.from("S3cret of the proxy");

const calls: Readonly<Record<string, (credential: Credential) => unknown>> = {
  query: (credential) =>
    credential.query({
      get constant() {
        credential.close();
        return "SECPKG_CRED_ATTR_MINE";
      },
      value: 0x9000,
      struct: SecPkgCredentials_NamesW,
      pointers: [],
      times: [],
    }),
  set: (credential) =>
    credential.set("kdcProxySettings", {
      get proxyServer() {
        credential.close();
        return "proxy";
      },
      clientTlsCredential: secret,
    }),
};

describe("a call of a credential whose argument closes it while it is read", () => {
  it.each(Object.keys(calls))("A17 does not reach the package, whose credential is freed: %s", (name) => {
    const sspi = scripted({ credentialAttributes: () => SEC_E_OK, setCredentialAttribute: () => SEC_E_OK });
    using credential = outbound(sspi);
    sspi.calls.length = 0;
    expect(() => calls[name]?.(credential)).toThrow(DisposedError);
    expect(sspi.calls).toEqual(["FreeCredentialsHandle"]);
  });

  it("A17 has zeroed the copy of its secret all the same", () => {
    using credential = outbound(scripted({ setCredentialAttribute: () => SEC_E_OK }));
    const zeroed = watchZeroing();
    expect(() => calls["set"]?.(credential)).toThrow(DisposedError);
    expect(zeroed.filter((bytes) => bytes.includes(secret))).toHaveLength(1);
  });
});
