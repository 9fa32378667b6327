import { describe, expect, it } from "vitest";
import { SEC_E_LOGON_DENIED, SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import {
  Credential,
  capabilities,
  defineProvider,
  documentedTraits,
  type ProviderDefinition,
  SspiError,
} from "../../src/index.ts";
import { checkProvider, providerFunctions } from "../../src/native/index.ts";

const bare: ProviderDefinition = { label: "ours", traits: documentedTraits, functions: {} };

describe("defineProvider", () => {
  it("returns SEC_E_UNSUPPORTED_FUNCTION, or FALSE, for every function that the definition leaves out", async () => {
    const provider = defineProvider(bare);
    const answers = providerFunctions.map((name) => (provider[name] as () => number)());
    // Functions of the type BOOL return FALSE.
    expect(new Set(answers)).toEqual(new Set([SEC_E_UNSUPPORTED_FUNCTION, 0]));
    expect(answers.filter((answer) => answer === 0)).toHaveLength(2);
    expect(providerFunctions.some((name) => provider.has(name))).toBe(false);
    expect(await provider.callAsync("CompleteAuthToken", 0, 0)).toBe(SEC_E_UNSUPPORTED_FUNCTION);
    expect(provider).toMatchObject({ kind: "other", label: "ours", version: undefined });
  });

  it("calls the defined functions, and uses the definition's callAsync for calls off the event loop", async () => {
    const CompleteAuthToken = (): number => SEC_E_LOGON_DENIED;
    const provider = defineProvider({ ...bare, version: "2", functions: { CompleteAuthToken } });
    expect(provider.CompleteAuthToken(0, 0)).toBe(SEC_E_LOGON_DENIED);
    expect(await provider.callAsync("CompleteAuthToken", 0, 0)).toBe(SEC_E_LOGON_DENIED);
    expect([provider.has("CompleteAuthToken"), provider.has("EncryptMessage"), provider.version]).toEqual([
      true,
      false,
      "2",
    ]);
    const elsewhere = defineProvider({ ...bare, functions: { CompleteAuthToken }, callAsync: async () => SEC_E_OK });
    expect(await elsewhere.callAsync("CompleteAuthToken", 0, 0)).toBe(SEC_E_OK);
  });

  it.each<[string, () => unknown, object]>([
    [
      "throws an error",
      () => {
        throw new RangeError("a bug");
      },
      { name: "RangeError", message: "a bug" },
    ],
    [
      "throws what is no error",
      () => {
        throw "a bug";
      },
      { message: "ours could not explain the failure", cause: "a bug" },
    ],
    [
      "answers text",
      () => "S3cret",
      { message: "explain: expected ours to answer an Error or undefined, got a string of 6 characters" },
    ],
    [
      "answers a promise",
      async () => undefined,
      { message: "explain: expected ours to answer an Error or undefined, got an instance of Promise" },
    ],
  ])("C4 keeps the failure of a call whose explanation is wrong: it %s", (_what, explain, cause) => {
    const EnumerateSecurityPackagesW = (): number => SEC_E_LOGON_DENIED;
    const provider = defineProvider({ ...bare, functions: { EnumerateSecurityPackagesW }, explain: explain as never });
    expect(() => Credential.acquireSync({ package: "Ours", use: "outbound", provider })).toThrow(
      expect.objectContaining({ code: "SEC_E_LOGON_DENIED", cause: expect.objectContaining(cause) }),
    );
  });

  const account = {
    account: "alice",
    domain: "EXAMPLE",
    sid: "S-1-5-18",
    groups: [{ sid: "S-1-5-32-544", attributes: 7 }],
  };

  it("returns a copy of the account that clientAccount names, and undefined for none", () => {
    const given = defineProvider({ ...bare, clientAccount: () => account }).clientAccount?.(1);
    expect(given).toEqual(account);
    expect(given).not.toBe(account);
    expect(defineProvider({ ...bare, clientAccount: () => undefined }).clientAccount?.(1)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ["null", null, "clientAccount: expected { account, domain, sid, … }, got null"],
    ["no domain", { ...account, domain: undefined }, "clientAccount.domain: expected a string, got undefined"],
    ["a number as account", { ...account, account: 1 }, "clientAccount.account: expected a string, got a number"],
    [
      "groups that are none",
      { ...account, groups: "admins" },
      "clientAccount.groups: expected an array, got a string of 6 characters",
    ],
    [
      "a group without attributes",
      { ...account, groups: [{ sid: "S-1-1-0" }] },
      "clientAccount.groups[0].attributes: expected a number",
    ],
    ["a member that is unknown", { ...account, admin: true }, "clientAccount: there is no option with this name"],
  ])("B16 refuses an account of a client that is wrong: %s", (_what, answer, message) => {
    const provider = defineProvider({ ...bare, clientAccount: (() => answer) as never });
    expect(() => provider.clientAccount?.(1)).toThrow(
      expect.objectContaining({
        message: "clientAccount: expected ours to answer an account or undefined",
        cause: expect.objectContaining({ message: expect.stringContaining(message) }),
      }),
    );
  });

  it("makes a provider that credentials and capabilities() accept without another check", () => {
    const said = new Error("nobody is at home");
    const EnumerateSecurityPackagesW = (): number => SEC_E_LOGON_DENIED;
    const provider = defineProvider({ ...bare, functions: { EnumerateSecurityPackagesW }, explain: () => said });
    expect(checkProvider(provider)).toBe(provider);
    const acquire = () => Credential.acquireSync({ package: "Ours", use: "outbound", provider });
    expect(acquire).toThrow(SspiError);
    expect(acquire).toThrow(expect.objectContaining({ code: "SEC_E_LOGON_DENIED", cause: said }));
    expect(() => capabilities(provider)).toThrow(SspiError);
  });

  it.each<[string, object, string]>([
    ["no label", { label: undefined }, "definition.label: expected a string, got undefined"],
    ["a trait too few", { traits: { ...documentedTraits, samFile: undefined } }, "samFile missing"],
    ["no traits", { traits: undefined }, "definition.traits: expected traits"],
    ["no functions", { functions: undefined }, "definition.functions: expected { EnumerateSecurityPackagesW, "],
    ["an unknown function", { functions: { SealMessage: () => 0 } }, "definition.functions: there is no opt"],
    ["no function", { functions: { EncryptMessage: 7 } }, "definition.functions.EncryptMessage: expected a function"],
    ["no function for calls", { callAsync: 7 }, "definition.callAsync: expected a function, got a number"],
    ["something else", { packages: [] }, "definition: there is no option with t"],
  ])("refuses a definition with %s", (_what, wrong, message) => {
    expect(() => defineProvider({ ...bare, ...wrong } as ProviderDefinition)).toThrow(message);
  });
});
