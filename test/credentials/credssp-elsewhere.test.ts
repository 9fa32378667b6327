import { describe, expect, it, onTestFinished } from "vitest";
import {
  SEC_E_LOGON_DENIED,
  SEC_E_SECPKG_NOT_FOUND,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import { Credential } from "../../src/index.ts";
import { PackageHost } from "../../src/packages.ts";
import { ScriptedSspi } from "../scripted/scripted-provider.ts";
import { thrownBy } from "../thrown-by.ts";

const elsewhere = "credsspHost() of sspi-ffi/credssp is one, with provider: host.provider";
const identity = { user: "alice", password: "userpw" };

describe("acquiring CREDSSP", () => {
  it("names the package CREDSSP of this library in the error where the provider has no CREDSSP", () => {
    const host = new PackageHost();
    onTestFinished(() => host.close());
    const { provider } = host;
    const { code, cause } = thrownBy(() => Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider }));
    expect(code).toBe("SEC_E_SECPKG_NOT_FOUND");
    expect((cause as Error).message).toContain(elsewhere);
  });

  it.each([SEC_E_SECPKG_NOT_FOUND, SEC_E_UNSUPPORTED_FUNCTION])(
    "names the package CREDSSP of this library where a provider lists one that answers %i, as WinPR does",
    (status) => {
      const { provider } = new ScriptedSspi({
        packageName: "CREDSSP",
        traits: { credsspAuthData: "identity" },
        acquire: () => status,
      });
      const { cause } = thrownBy(() =>
        Credential.acquireSync({ package: "CREDSSP", use: "outbound", provider, identity }),
      );
      expect((cause as Error | undefined)?.message).toContain(elsewhere);
    },
  );

  it("passes on the provider's own explanation where CREDSSP is there, or fails in another way", () => {
    const because = new Error("the account is locked");
    for (const [credsspAuthData, status] of [
      ["identity", SEC_E_LOGON_DENIED],
      ["any", SEC_E_UNSUPPORTED_FUNCTION],
    ] as const) {
      const sspi = new ScriptedSspi({ packageName: "CREDSSP", traits: { credsspAuthData }, acquire: () => status });
      const provider = Object.assign(sspi.provider, { explain: () => because });
      const { cause } = thrownBy(() => Credential.acquireSync({ package: "CREDSSP", use: "outbound", provider }));
      expect(cause).toBe(because);
    }
  });

  it.each(["xcredssp", "credsspx", "tssspx", "xTSSSP"])(
    "of another package says nothing of that: %s",
    (packageName) => {
      const { provider } = new ScriptedSspi({ packageName, acquire: () => SEC_E_UNSUPPORTED_FUNCTION });
      const { cause } = thrownBy(() => Credential.acquireSync({ package: packageName, use: "outbound", provider }));
      expect(cause).toBeUndefined();
    },
  );
});
