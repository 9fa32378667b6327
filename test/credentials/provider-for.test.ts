import { afterEach, expect, it, vi } from "vitest";
import { machineProviders, providerFor } from "../../src/credentials/provider-for.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The labels of the chosen providers, or the code of the error where this machine has none. */
function chosen(variable: string | undefined): unknown {
  vi.stubEnv("SSPI_LIBRARY", variable);
  try {
    return ["Kerberos", "Negotiate", "NTLM"].map((name) => providerFor(name).label).concat(labelsOfAll());
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
}

function labelsOfAll(): string[] {
  return machineProviders().map(({ label }) => label);
}

it("an empty SSPI_LIBRARY chooses the providers that are chosen without it", () => {
  const unset = chosen(undefined);
  expect(unset).toBeDefined();
  expect(chosen("")).toEqual(unset);
});
