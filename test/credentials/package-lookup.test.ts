import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import {
  findPackage,
  isBrokenSchannel,
  isSchannel,
  namesServices,
  packages,
  wordLines,
} from "../../src/credentials/index.ts";
import { readsIdentity, usesTickets } from "../../src/credentials/package-kinds.ts";
import { Credential, SecurityPackages } from "../../src/index.ts";
import { type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { thrownBy } from "../thrown-by.ts";

/** Tells what a name that is unknown to the provider is called in the error. */
const causeOf = ({ provider }: ScriptedSspi, name: string): string =>
  (thrownBy(() => findPackage(provider, name)).cause as Error).message;

describe("a package that is looked up by its name", () => {
  it("is the one whose name is equal, before one that differs in case only", () => {
    const { provider } = scripted({ packageName: "ÜBERPAKET" });
    expect(findPackage(provider, "Überpaket").name).toBe("Überpaket");
    expect(findPackage(provider, "überPAKET").name).toBe("ÜBERPAKET");
  });

  it("is found where the provider lists it only now", () => {
    const script = { packageName: "Old" };
    const sspi = scripted(script);
    expect(findPackage(sspi.provider, "Old").name).toBe("Old");
    Object.assign(sspi.script, { packageName: "New" });
    expect(findPackage(sspi.provider, "old").name).toBe("Old");
    expect(findPackage(sspi.provider, "new").name).toBe("New");
    expect(() => findPackage(sspi.provider, "Old")).toThrow("SEC_E_SECPKG_NOT_FOUND");
  });

  it.each(["Negotiate", "Kerberos", "NTLM", "Schannel", "CREDSSP"])(
    "is named in the error where it is Windows' own package %s; another name could be a secret",
    (name) => {
      expect(causeOf(scripted(), name)).toContain(`scripted has Scripted, Überpaket; got "${name}"`);
      expect(causeOf(scripted(), "hunter2-geheim")).toMatch(/; got a string of 14 characters$/);
    },
  );
});

describe("the list of packages", () => {
  it("is empty where the provider answers with none, and nothing is freed", () => {
    const sspi = scripted();
    const provider = Object.assign(sspi.provider, { EnumerateSecurityPackagesW: () => SEC_E_OK });
    expect([...packages(provider)]).toEqual([]);
    expect(sspi.calls).toEqual([]);
  });

  it("is made by packages() alone", () => {
    const Constructor = SecurityPackages as unknown as new (...args: unknown[]) => SecurityPackages;
    for (const args of [[], [3], [Symbol(), []]]) expect(() => new Constructor(...args)).toThrow(/use packages\(\)$/);
  });
});

describe("a Schannel that ends the process at its first leg", () => {
  const names = ["Schannel", "microsoft unified security protocol provider", "Default TLS SSP"];

  it.each(names)("is refused as %s, before native code", (packageName) => {
    const sspi = scripted({ packageName, traits: { schannelWorks: false } });
    const { code, cause } = thrownBy(() =>
      Credential.acquireSync({ package: packageName, use: "outbound", provider: sspi.provider }),
    );
    expect([code, sspi.acquisitions]).toEqual(["SEC_E_UNSUPPORTED_FUNCTION", []]);
    expect((cause as Error).message).toMatch(/^package: .+ of scripted ends a Node process; use node:tls/);
  });

  it("is no other package, and no Schannel that works", () => {
    const { provider } = scripted({ traits: { schannelWorks: false } });
    expect([...names, "Scripted"].map((name) => isBrokenSchannel(provider, name))).toEqual([true, true, true, false]);
    Credential.acquireSync({ package: "Scripted", use: "outbound", provider }).close();
    const working = scripted({ packageName: "Schannel" }).provider;
    expect(isBrokenSchannel(working, "Schannel")).toBe(false);
    Credential.acquireSync({ package: "Schannel", use: "outbound", provider: working }).close();
  });
});

describe("the kind of a package", () => {
  const kinds = (name: string) => ({
    tickets: usesTickets(name),
    services: namesServices(name),
    identity: readsIdentity(name),
    schannel: isSchannel(name),
  });

  it.each([
    ["kerberos", ["tickets", "services", "identity"]],
    ["Negotiate", ["tickets", "services", "identity"]],
    ["ntlm", ["services", "identity"]],
    ["CredSSP", ["services"]],
    ["WDIGEST", ["identity"]],
    ["PKU2U", ["identity"]],
    ["cloudap", ["identity"]],
    ["SCHANNEL", ["schannel"]],
    ["Default TLS SSP", ["schannel"]],
    ["Scripted", []],
  ])("%s has what belongs to it, in any case of its name: %j", (name, expected) => {
    const has = Object.entries(kinds(name)).filter(([, yes]) => yes);
    expect(has.map(([kind]) => kind)).toEqual(expected);
  });
});

describe("words that are wrapped into lines", () => {
  it("fill a line up to its width, and no line is longer unless one word is", () => {
    expect(wordLines("ab cd ef", 5)).toEqual(["ab cd", "ef"]);
    expect(wordLines("ab cd ef", 4)).toEqual(["ab", "cd", "ef"]);
    expect(wordLines("ab cd ef", 8)).toEqual(["ab cd ef"]);
    expect(wordLines("longer than", 3)).toEqual(["longer", "than"]);
  });
});
