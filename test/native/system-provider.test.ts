import { afterEach, describe, expect, it, vi } from "vitest";
import { providerSlots } from "../../generated/provider.ts";
import { providerFunctions } from "../../src/native/bound-provider.ts";
import { LibraryNotFoundError, systemProvider } from "../../src/native/index.ts";
import { sspiLibrary } from "../../src/native/sspi-library.ts";
import { libc } from "./libc.ts";

const unsupported = 0x8009_0302;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("systemProvider", () => {
  it("throws for a library that is not there, every time", () => {
    for (let time = 0; time < 2; time += 1)
      expect(() => systemProvider("libsspi-of-nobody.so")).toThrow(LibraryNotFoundError);
    expect(() => sspiLibrary("libsspi-of-nobody.so")).toThrow(
      /^No SSPI library could be loaded. Tried:\n {2}libsspi-of-nobody.so: /,
    );
  });

  it("throws for the library that SSPI_LIBRARY names, if it is not there", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-the-environment.so");
    expect(() => systemProvider()).toThrow("libsspi-of-the-environment.so");
  });

  it("prefers the argument to SSPI_LIBRARY", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-the-environment.so");
    expect(systemProvider(libc).label).toBe(libc);
  });

  it("is one per library, however it was chosen", () => {
    const provider = systemProvider(libc);
    expect(systemProvider(libc)).toBe(provider);
    vi.stubEnv("SSPI_LIBRARY", libc);
    expect(systemProvider()).toBe(provider);
  });

  it.each([
    ["", '""'],
    ["lib\0.so", '"lib\\u0000.so"'],
    [7, "7"],
    [null, "null"],
  ])("refuses %j before it asks the loader", (library, shown) => {
    expect(() => systemProvider(library as string)).toThrow(
      new TypeError(`library: expected a path or soname, got ${shown}`),
    );
  });
});

describe.skipIf(process.platform === "win32")("the provider of a library without SSPI", () => {
  it("has none of the functions, and says so by their answers", async () => {
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

  it("is of no known kind, has no version and does not impersonate", () => {
    expect(systemProvider(libc)).toMatchObject({ kind: "other", label: libc, version: undefined, impersonates: false });
  });
});
