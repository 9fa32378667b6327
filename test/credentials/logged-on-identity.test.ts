import { describe, expect, it } from "vitest";
import { SEC_WINNT_AUTH_IDENTITY_EXW } from "../../generated/sspi/structs.ts";
import { Credential, type CredentialOptions } from "../../src/index.ts";
import { copyOut, readStruct } from "../../src/native/index.ts";
import { scripted } from "../scripted/scripted.ts";

describe("an identity that names packages and no user", () => {
  it.each(["!ntlm", ["kerberos", "!ntlm"]])(
    "B3 is the logged-on user with the list %j: user, domain and password are NULL",
    (packageList) => {
      const sspi = scripted({
        authData: (address) => {
          const fields = readStruct(SEC_WINNT_AUTH_IDENTITY_EXW, address);
          const list = Buffer.from(copyOut(fields.PackageList, fields.PackageListLength * 2)).toString("utf16le");
          return { ...fields, PackageList: list };
        },
      });
      using _ = Credential.acquireSync({
        package: "Scripted",
        use: "outbound",
        provider: sspi.provider,
        identity: { packageList },
      });
      expect(sspi.acquisitions[0]?.authData).toMatchObject({
        Version: 0x200,
        User: 0n,
        UserLength: 0,
        Domain: 0n,
        Password: 0n,
        PasswordLength: 0,
        PackageList: String(packageList),
      });
    },
  );

  it.each([
    [{ packageList: "!ntlm", user: "alice" }, "identity.password: expected a string"],
    [{ packageList: "" }, "identity.packageList: expected"],
    [{ packageList: undefined }, "identity.packageList: expected package names, got undefined"],
    [{ packageList: "!ntlm", flag: [] }, "identity.flag: "],
  ])("B3 is refused where it names only half of a user, or an unknown option: %j", (identity, message) => {
    const { provider } = scripted();
    const options = { package: "Scripted", use: "outbound", provider, identity } as unknown as CredentialOptions;
    expect(() => Credential.acquireSync(options)).toThrow(message);
  });
});
