import { afterEach, describe, expect, it, vi } from "vitest";
import type { CredentialOptions } from "../../src/credentials/credential-options.ts";
import { checkNamed, UnnamedProviderError } from "../../src/credentials/unnamed-provider-error.ts";
import { scripted } from "../scripted/scripted.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Whether a server's default provider is refused. */
function refused(options: Partial<CredentialOptions>, boundsTokens = false, library?: string): boolean {
  vi.stubEnv("SSPI_LIBRARY", library);
  const { provider } = scripted({ traits: { boundsTokens } });
  try {
    checkNamed(provider, { package: "NTLM", use: "inbound", ...options });
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(UnnamedProviderError);
    expect(error).toMatchObject({ name: "UnnamedProviderError", code: "SSPI_PROVIDER_NOT_NAMED" });
    expect((error as Error).message).toMatch(/^provider: scripted .+ systemProvider\("scripted"\)/);
    return true;
  }
}

describe("a provider that trusts what clients write into their tokens", () => {
  it("is refused to a server that has not named it", () => {
    expect((["inbound", "both"] as const).map((use) => refused({ use }))).toEqual([true, true]);
  });

  it("is given to clients, and to servers that name it: as provider, with winpr, or in SSPI_LIBRARY", () => {
    const { provider } = scripted();
    expect(refused({ use: "outbound" })).toBe(false);
    expect(refused({ provider })).toBe(false);
    expect(refused({ winpr: {} })).toBe(false);
    expect(refused({}, false, "libwinpr3.so.3")).toBe(false);
  });
});

describe("a provider that checks clients' tokens", () => {
  it("is given to servers that name nothing", () => {
    expect(refused({}, true)).toBe(false);
  });
});
