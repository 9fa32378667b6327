import { describe, expect, it } from "vitest";
import type { Provider } from "../../generated/provider.ts";
import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import { type ProviderTraits, packages, type SecurityProvider, SspiError } from "../../src/index.ts";
import { AnswerError, checkProvider, documentedTraits, providerFunctions } from "../../src/native/index.ts";
import { PackageHost } from "../../src/packages.ts";

const traits = Object.keys(documentedTraits) as (keyof ProviderTraits)[];

/** A provider by hand, each function of which answers the same. */
function answering(answer: unknown, more: object = {}): SecurityProvider {
  const functions = Object.fromEntries(providerFunctions.map((name) => [name, () => answer]));
  return {
    ...(functions as unknown as Provider),
    ...{ kind: "other", label: "ours", version: undefined, traits: documentedTraits },
    has: () => true,
    callAsync: async () => answer as number,
    ...more,
  };
}

function called(provider: SecurityProvider, name: (typeof providerFunctions)[number]): unknown {
  return (provider[name] as () => unknown)();
}

const wrong: readonly [string, unknown, string][] = [
  ["undefined", undefined, "undefined"],
  ["a promise", Promise.resolve(SEC_E_OK), "an instance of Promise"],
  ["a boolean", true, "a boolean"],
  ["text", "SEC_E_OK", "a string of 8 characters"],
  ["a bigint", 0n, "a bigint"],
  ["NaN", Number.NaN, "NaN"],
  ["a fraction", 0.5, "0.5"],
  ["more than 32 bits", 2 ** 32, "4294967296"],
];

describe("a provider that is written outside", () => {
  it.each(providerFunctions)("is refused by the name of the function where %s answers no status", async (name) => {
    for (const [, answer, given] of wrong) {
      const provider = checkProvider(answering(answer));
      const message = `${name}: expected ours to answer an integer of 32 bits, got ${given}`;
      expect(() => called(provider, name)).toThrow(new AnswerError(message));
      // A promise is what that answers, and not a status.
      if (answer instanceof Promise) continue;
      await expect((provider.callAsync as (name: string) => Promise<number>)(name)).rejects.toThrow(message);
    }
  });

  it("passes on a status whether it is signed or not", async () => {
    for (const status of [SEC_E_OK, SEC_E_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR | 0, 0xffff_ffff, -0x8000_0000]) {
      const provider = checkProvider(answering(status));
      for (const name of providerFunctions) expect(called(provider, name)).toBe(status);
      expect(await provider.callAsync("CompleteAuthToken", 0, 0)).toBe(status);
    }
  });

  it("that answers nothing for its packages is no success, in the words of who asks for them", () => {
    expect(() => packages(answering(undefined))).toThrow(/^EnumerateSecurityPackagesW: expected ours to answer/);
    expect(() => packages(answering(SEC_E_INTERNAL_ERROR))).toThrow(SspiError);
  });

  it("keeps its own `this`, and what it explains of each of its calls", async () => {
    class Own {
      #said = new Map<Promise<number>, Error>();
      kind = "other" as const;
      label = "own";
      version = "1";
      traits = documentedTraits;
      has = () => true;
      callAsync(): Promise<number> {
        const call = Promise.resolve(SEC_E_INTERNAL_ERROR);
        this.#said.set(call, new Error(`call ${this.#said.size}`));
        return call;
      }
      explain(_status: number, call?: Promise<number>): Error | undefined {
        return call && this.#said.get(call);
      }
    }
    const functions = Object.fromEntries(providerFunctions.map((name) => [name, () => SEC_E_OK]));
    const provider = checkProvider(Object.assign(new Own(), functions));
    const calls = [0, 1].map(() => provider.callAsync("CompleteAuthToken", 0, 0));
    await Promise.all(calls);
    expect(calls.map((call) => provider.explain?.(SEC_E_INTERNAL_ERROR, call)?.message)).toEqual(["call 0", "call 1"]);
  });

  it("has what it has, and nothing that it has not", () => {
    const bare = checkProvider(answering(SEC_E_OK));
    expect(bare).toMatchObject({ kind: "other", label: "ours", version: undefined, traits: documentedTraits });
    for (const extra of ["explain", "takeTurn", "clientAccount", "delegatedCredential"])
      expect(extra in bare, extra).toBe(false);
    const delegating = checkProvider(answering(SEC_E_OK, { delegatedCredential: () => undefined }));
    expect(() => delegating.delegatedCredential?.(0, 0, 0)).toThrow(/^delegatedCredential: expected ours to answer/);
  });

  it("is called in one way whoever names it, and one of the library's own as it is", () => {
    const provider = answering(SEC_E_OK);
    const checked = checkProvider(provider);
    expect(checkProvider(provider)).toBe(checked);
    expect(checkProvider(checked)).toBe(checked);
    using host = new PackageHost();
    expect(checkProvider(host.provider)).toBe(host.provider);
    expect(checkProvider({ ...host.provider })).not.toBe(host.provider);
  });

  it.each([...providerFunctions, "has", "callAsync"])("is refused without %s", (name) => {
    expect(() => checkProvider(answering(0, { [name]: undefined }), "mine")).toThrow(
      name === "EnumerateSecurityPackagesW"
        ? /^mine: expected a provider/
        : new TypeError(`mine.${name}: expected a function, got undefined`),
    );
  });

  it.each([undefined, null, 7, "winpr", {}, () => 0])("is none where it is %s", (value) => {
    expect(() => checkProvider(value)).toThrow(/^provider: expected a provider/);
  });
});

describe("the traits of a provider that is written outside", () => {
  it("are each named where they are missing", () => {
    expect(() => packages(answering(0, { traits: {} }))).toThrow(
      `provider.traits: expected every trait, as documentedTraits has them; ${traits.join(", ")} missing`,
    );
    for (const trait of traits) {
      const { [trait]: _left, ...others } = documentedTraits;
      for (const stated of [others, { ...others, [trait]: undefined }])
        expect(() => checkProvider(answering(0, { traits: stated }))).toThrow(`has them; ${trait} missing`);
    }
  });

  it.each(traits)("are refused where %s is of another type, or none of its words", (trait) => {
    for (const value of [0, "perhaps", null, {}, typeof documentedTraits[trait] === "boolean" ? "all" : true])
      expect(() => checkProvider(answering(0, { traits: { ...documentedTraits, [trait]: value } }))).toThrow(
        new RegExp(`^provider\\.traits\\.${trait}: expected `),
      );
  });

  it("are refused where one is unknown, and where they are none at all", () => {
    expect(() => checkProvider(answering(0, { traits: { ...documentedTraits, boundTokens: true } }))).toThrow(
      "provider.traits.boundTokens: there is no such option; did you mean boundsTokens?",
    );
    for (const none of [undefined, null, true, "all"])
      expect(() => checkProvider(answering(0, { traits: none }))).toThrow(/^provider\.traits: expected traits/);
    expect(() => checkProvider(answering(0, { traits: { ...documentedTraits, sendsBindings: ["NTLM", ""] } }))).toThrow(
      "provider.traits.sendsBindings[1]: expected a name, got an empty string",
    );
  });

  it("are what they were when it was checked", () => {
    const stated = { ...documentedTraits, boundsTokens: false, enforcesBindings: ["NTLM"] };
    const provider = checkProvider(answering(0, { traits: stated }));
    stated.boundsTokens = true;
    stated.enforcesBindings.push("Kerberos");
    expect(provider.traits).toEqual({ ...documentedTraits, boundsTokens: false, enforcesBindings: ["NTLM"] });
  });
});
