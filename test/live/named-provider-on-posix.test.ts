import { afterEach, describe, expect, it, vi } from "vitest";
import { Credential, type CredentialOptions, live, UnnamedProviderError } from "../../src/index.ts";
import { noteProvider } from "../report/tested-on.ts";
import { providers, samFile } from "./providers.ts";

const [provider] = providers.filter(({ kind }) => kind === "winpr");

describe.runIf(provider !== undefined)("an NTLM credential where the machine's library is WinPR", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    if (provider) noteProvider(provider);
  });

  const acquire = (options: Partial<CredentialOptions>): void =>
    Credential.acquireSync({ package: "NTLM", use: "inbound", ...options }).close();

  it.each(["inbound", "both"] as const)(
    "B19 is refused for a server whose caller names no provider: %s",
    async (use) => {
      vi.stubEnv("SSPI_LIBRARY", undefined);
      expect(() => acquire({ use })).toThrow(UnnamedProviderError);
      expect(() => acquire({ use })).toThrow(/^provider: libwinpr\S+ .*; pass provider: systemProvider\("libwinpr/);
      await expect(Credential.acquire({ package: "NTLM", use })).rejects.toMatchObject({
        code: "SSPI_PROVIDER_NOT_NAMED",
      });
      expect(live().credentials).toBe(0);
    },
  );

  it("B19 is given to a server that names WinPR as provider, in SSPI_LIBRARY or by its options", () => {
    vi.stubEnv("SSPI_LIBRARY", undefined);
    expect(() => acquire({ ...(provider && { provider }) })).not.toThrow();
    expect(() => acquire({ winpr: { samFile } })).not.toThrow();
    expect(() => acquire({ winpr: {} })).not.toThrow();
    vi.stubEnv("SSPI_LIBRARY", provider?.label);
    expect(() => acquire({})).not.toThrow();
  });

  it("B19 is refused for a server whose winpr options are no object", () => {
    vi.stubEnv("SSPI_LIBRARY", undefined);
    for (const winpr of [false, 0, "", null, new Map()])
      expect(() => acquire({ winpr: winpr as never })).toThrow(/^winpr: expected \{ samFile \}, got /);
    expect(() => acquire({ winpr: undefined as never })).toThrow(UnnamedProviderError);
  });

  it("B19 is given to a client that names no provider", () => {
    vi.stubEnv("SSPI_LIBRARY", undefined);
    expect(() => acquire({ use: "outbound" })).not.toThrow();
  });
});
