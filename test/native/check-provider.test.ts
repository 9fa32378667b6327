import { describe, expect, it } from "vitest";
import type { Provider } from "../../generated/provider.ts";
import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import { type ProviderTraits, packages, type SecurityProvider, SspiError } from "../../src/index.ts";
import {
  AnswerError,
  checkProvider,
  documentedTraits,
  ownProvider,
  providerFunctions,
} from "../../src/native/index.ts";
import { PackageHost } from "../../src/packages.ts";

const traits = Object.keys(documentedTraits) as (keyof ProviderTraits)[];

/** A hand-written provider, each function of which returns `answer`. */
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

describe("a user-written provider", () => {
  it.each(providerFunctions)("is refused by the function's name when %s returns no status", async (name) => {
    for (const [, answer, given] of wrong) {
      const provider = checkProvider(answering(answer));
      const message = `${name}: expected ours to answer an integer of 32 bits, got ${given}`;
      expect(() => called(provider, name)).toThrow(new AnswerError(message));
      // callAsync() itself returns a promise, so only the synchronous functions refuse one.
      if (answer instanceof Promise) continue;
      await expect((provider.callAsync as (name: string) => Promise<number>)(name)).rejects.toThrow(message);
    }
  });

  it("may return a status as a signed or an unsigned number", async () => {
    for (const status of [SEC_E_OK, SEC_E_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR | 0, 0xffff_ffff, -0x8000_0000]) {
      const provider = checkProvider(answering(status));
      for (const name of providerFunctions) expect(called(provider, name)).toBe(status);
      expect(await provider.callAsync("CompleteAuthToken", 0, 0)).toBe(status);
    }
  });

  it("whose EnumerateSecurityPackagesW returns undefined makes packages() throw", () => {
    expect(() => packages(answering(undefined))).toThrow(/^EnumerateSecurityPackagesW: expected ours to answer/);
    expect(() => packages(answering(SEC_E_INTERNAL_ERROR))).toThrow(SspiError);
  });

  it("keeps its own `this` and its explanation of each call", async () => {
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

  it("has only the optional methods that its author gave it", () => {
    const bare = checkProvider(answering(SEC_E_OK));
    expect(bare).toMatchObject({ kind: "other", label: "ours", version: undefined, traits: documentedTraits });
    for (const extra of ["explain", "takeTurn", "clientAccount", "delegatedCredential"])
      expect(extra in bare, extra).toBe(false);
    const delegating = checkProvider(answering(SEC_E_OK, { delegatedCredential: () => undefined }));
    expect(() => delegating.delegatedCredential?.(0, 0, 0)).toThrow(/^delegatedCredential: expected ours to answer/);
  });

  it("is wrapped once per object, and a provider of the library is not wrapped at all", () => {
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

  it.each([undefined, null, 7, "winpr", {}, () => 0])("is refused when it is %s", (value) => {
    expect(() => checkProvider(value)).toThrow(/^provider: expected a provider/);
  });
});

describe("the traits of a user-written provider", () => {
  it("are each named when they are missing", () => {
    expect(() => packages(answering(0, { traits: {} }))).toThrow(
      `provider.traits: expected every trait, as documentedTraits has them; ${traits.join(", ")} missing`,
    );
    for (const trait of traits) {
      const { [trait]: _left, ...others } = documentedTraits;
      for (const stated of [others, { ...others, [trait]: undefined }])
        expect(() => checkProvider(answering(0, { traits: stated }))).toThrow(`has them; ${trait} missing`);
    }
  });

  it.each(traits)("are refused when %s has a wrong type or an unknown word", (trait) => {
    for (const value of [0, "perhaps", null, {}, typeof documentedTraits[trait] === "boolean" ? "all" : true])
      expect(() => checkProvider(answering(0, { traits: { ...documentedTraits, [trait]: value } }))).toThrow(
        new RegExp(`^provider\\.traits\\.${trait}: expected `),
      );
  });

  it("are refused when one is unknown or when they are no object", () => {
    expect(() => checkProvider(answering(0, { traits: { ...documentedTraits, boundTokens: true } }))).toThrow(
      "provider.traits.boundTokens: there is no such option; did you mean boundsTokens?",
    );
    for (const none of [undefined, null, true, "all"])
      expect(() => checkProvider(answering(0, { traits: none }))).toThrow(/^provider\.traits: expected traits/);
    expect(() => checkProvider(answering(0, { traits: { ...documentedTraits, sendsBindings: ["NTLM", ""] } }))).toThrow(
      "provider.traits.sendsBindings[1]: expected a name, got an empty string",
    );
  });

  it("are its own: those of a prototype are missing", () => {
    const { boundsTokens: _left, ...others } = documentedTraits;
    class Inherited {}
    Object.assign(Inherited.prototype, documentedTraits);
    const missing = "has them; boundsTokens missing";
    expect(() => checkProvider(answering(0, { traits: Object.assign(new Inherited(), others) }))).toThrow(missing);
    // biome-ignore lint/suspicious/noExplicitAny: a polluted prototype has what its type does not say
    const everyone = Object.prototype as any;
    everyone.boundsTokens = true;
    try {
      expect(() => checkProvider(answering(0, { traits: others }))).toThrow(missing);
    } finally {
      delete everyone.boundsTokens;
    }
  });

  it("are copied when the provider is checked, so later changes have no effect", () => {
    const stated = { ...documentedTraits, boundsTokens: false, enforcesBindings: ["NTLM"] };
    const provider = checkProvider(answering(0, { traits: stated }));
    stated.boundsTokens = true;
    stated.enforcesBindings.push("Kerberos");
    expect(provider.traits).toEqual({ ...documentedTraits, boundsTokens: false, enforcesBindings: ["NTLM"] });
    expect(stated).not.toSatisfy(Object.isFrozen);
  });
});

describe("traits", () => {
  const stated = { ...documentedTraits, boundsTokens: false, enforcesBindings: ["NTLM"] };

  it("of every provider are frozen, so that no assignment switches a guard off", () => {
    using host = new PackageHost();
    const own = checkProvider(answering(0, { traits: stated }));
    const known = ownProvider({ ...answering(0), traits: { ...stated } });
    for (const { traits } of [{ traits: documentedTraits }, host.provider, own, known]) {
      const writable = traits as { boundsTokens: boolean };
      expect(() => (writable.boundsTokens = true)).toThrow(TypeError);
      expect(Object.values(traits)).toSatisfy((values: unknown[]) => values.every(Object.isFrozen));
    }
    expect([own.traits.boundsTokens, known.traits.boundsTokens]).toEqual([false, false]);
  });
});
