import { describe, expect, it } from "vitest";
import { providerSlots } from "../../generated/provider.ts";
import { providerFunctions } from "../../src/native/bound-provider.ts";
import { systemProvider } from "../../src/native/index.ts";
import { libc } from "./libc.ts";

const unsupported = 0x8009_0302;

describe("the provider of a library without SSPI", () => {
  it("has no function: each returns SEC_E_UNSUPPORTED_FUNCTION or FALSE", async () => {
    const provider = systemProvider(libc);
    const call = (name: keyof typeof provider): unknown => (provider[name] as () => unknown)();
    const answers = providerFunctions.map((name) => [name, provider.has(name), call(name), call(name)]);
    expect(answers.length).toBeGreaterThan(20);
    expect(answers).toEqual(
      providerFunctions.map((name) => {
        const answer = providerSlots[name].declaration.returns.scalar === "bool32" ? 0 : unsupported;
        return [name, false, answer, answer];
      }),
    );
    await expect(provider.callAsync("CompleteAuthToken", 1, 2)).resolves.toBe(unsupported);
  });

  it('has the kind "other", no version and no impersonation', () => {
    expect(systemProvider(libc)).toMatchObject({
      kind: "other",
      label: libc,
      version: undefined,
      traits: { impersonates: false, boundsTokens: false },
    });
  });
});
