import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SECPKG_FLAG } from "../../generated/sspi/constants.ts";
import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import { Credential, packages, SecurityPackages } from "../../src/index.ts";
import { outbound, scripted } from "../scripted/scripted.ts";

const all = [
  {
    name: "Scripted",
    comment: "answers as a test says",
    capabilities: ["integrity", "connection"],
    maxToken: 256,
    version: 1,
    rpcId: 65_535,
    library: "scripted",
  },
  {
    name: "Überpaket",
    comment: "名前 ☂",
    capabilities: [],
    maxToken: 256,
    version: 1,
    rpcId: 65_535,
    library: "scripted",
  },
];

describe("the packages of a provider", () => {
  it("come back as plain values, and their one allocation is freed once", () => {
    const sspi = scripted();
    const list = packages(sspi.provider);
    expect([...list].map((entry) => ({ ...entry, capabilities: [...entry.capabilities].sort() }))).toEqual(
      all.map((entry) => ({ ...entry, capabilities: [...entry.capabilities].sort() })),
    );
    expect(SECPKG_FLAG.integrity).toBeGreaterThan(0);
    expect(sspi.calls).toEqual(["EnumerateSecurityPackagesW", "FreeContextBuffer"]);
  });

  it("are an array that is printed as a table, and whose parts are ordinary arrays", () => {
    const list = packages(scripted().provider);
    expect(list).toBeInstanceOf(SecurityPackages);
    const lines = inspect(list).split("\n");
    expect(lines[0]).toMatch(/^package +max token +library +comment$/);
    expect(lines[1]).toMatch(/^Scripted +256 +scripted +answers as a test says$/);
    expect(lines[2]?.trim().split(" ").sort()).toEqual(["connection", "integrity"]);
    expect(lines[3]).toMatch(/^Überpaket +256 +scripted +名前 ☂$/);
    expect(list.filter(() => true)).not.toBeInstanceOf(SecurityPackages);
  });

  it("are asked for once per provider, and again before a name is called unknown", () => {
    const sspi = scripted();
    outbound(sspi).close();
    outbound(sspi).close();
    expect(sspi.count("EnumerateSecurityPackagesW")).toBe(1);
    expect(() => Credential.acquireSync({ package: "Other", use: "outbound", provider: sspi.provider })).toThrow(
      "SEC_E_SECPKG_NOT_FOUND",
    );
    expect(sspi.count("EnumerateSecurityPackagesW")).toBe(2);
  });

  it("that cannot be listed are a typed error", () => {
    const { provider } = scripted();
    const failing = { ...provider, EnumerateSecurityPackagesW: () => SEC_E_INTERNAL_ERROR };
    expect(() => packages(failing)).toThrow(
      expect.objectContaining({ code: "SEC_E_INTERNAL_ERROR", operation: "EnumerateSecurityPackagesW" }),
    );
  });
});

describe("a credential that is printed", () => {
  it("says its package, its use, until when it is good, and that it is closed", () => {
    const expiry = (BigInt(Date.UTC(2031, 1, 3)) + 11_644_473_600_000n) * 10_000n;
    const { provider } = scripted({ acquire: () => ({ status: SEC_E_OK, expiry }) });
    using credential = Credential.acquireSync({ package: "Scripted", use: "both", provider });
    const until = new Date(2031, 1, 3).toISOString();
    expect(inspect(credential)).toBe(`Credential { Scripted, both, until ${until} }`);
    credential.close();
    expect(inspect(credential)).toBe(`Credential { Scripted, both, until ${until}, closed }`);
  });

  it("says in words that it does not expire", () => {
    const { provider } = scripted({ acquire: () => ({ status: SEC_E_OK, expiry: 0x7fff_ffff_ffff_ffffn }) });
    using credential = Credential.acquireSync({ package: "Scripted", use: "both", provider });
    expect(inspect(credential)).toBe("Credential { Scripted, both, for ever }");
  });

  it("says nothing of an expiry that the provider does not report", () => {
    using credential = outbound(scripted());
    expect(inspect(credential)).toBe("Credential { Scripted, outbound }");
  });
});
