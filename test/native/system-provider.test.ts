import { afterEach, describe, expect, it, vi } from "vitest";
import { LibraryNotFoundError, systemProvider } from "../../src/native/index.ts";
import { libraryNamed } from "../../src/native/sspi-library.ts";
import { libc } from "./libc.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("systemProvider", () => {
  it("throws at every call for a library that does not exist", () => {
    for (let time = 0; time < 2; time += 1)
      expect(() => systemProvider("libsspi-of-nobody.so")).toThrow(LibraryNotFoundError);
    expect(() => libraryNamed("libsspi-of-nobody.so")).toThrow(
      /^No SSPI library could be loaded. Tried:\n {2}libsspi-of-nobody.so: /,
    );
  });

  it("throws for the library of SSPI_LIBRARY if it does not exist", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-the-environment.so");
    expect(() => systemProvider()).toThrow("libsspi-of-the-environment.so");
  });

  it("prefers the argument to SSPI_LIBRARY", () => {
    vi.stubEnv("SSPI_LIBRARY", "libsspi-of-the-environment.so");
    expect(systemProvider(libc).label).toBe(libc);
  });

  it("returns one provider per library, whether it came from the argument or SSPI_LIBRARY", () => {
    const provider = systemProvider(libc);
    expect(systemProvider(libc)).toBe(provider);
    vi.stubEnv("SSPI_LIBRARY", libc);
    expect(systemProvider()).toBe(provider);
  });

  it.each([
    ["", "expected a name, got an empty string"],
    ["S3cret\0", "expected a string without NUL characters"],
    [7, "expected a string, got a number"],
    [null, "expected a string, got null"],
  ])("E11 refuses %j before it asks the loader, and shows nothing of it", (library, said) => {
    expect(() => systemProvider(library as string)).toThrow(expect.objectContaining({ message: `library: ${said}` }));
  });
});
