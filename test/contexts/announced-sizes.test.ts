import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { ClientContext } from "../../src/index.ts";
import { complete, outbound, scripted } from "../scripted/scripted.ts";
import { thrownBy } from "../thrown-by.ts";

const refused = { code: "SEC_E_INTERNAL_ERROR", cause: { message: expect.stringContaining("announces") } };

describe("a size that a package announces", () => {
  it.each(["trailer", "block", "signature"] as const)(
    "D2 is refused where there is no memory for it, before the package is called: %s",
    (what) => {
      const sspi = scripted({ sizes: { [what]: 0x7fff_ffff }, encrypt: () => SEC_E_OK });
      using client = complete(sspi);
      expect(thrownBy(() => client.encrypt(Buffer.from("m")))).toMatchObject(refused);
      expect(sspi.count("EncryptMessage")).toBe(0);
    },
  );

  it("D2 is refused where it is larger than any token", () => {
    const sspi = scripted({ maxToken: 0xffff_ffff, legs: [{ status: SEC_E_OK }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    expect(thrownBy(() => client.stepSync())).toMatchObject(refused);
    expect(sspi.count("InitializeSecurityContextW")).toBe(0);
  });
});
