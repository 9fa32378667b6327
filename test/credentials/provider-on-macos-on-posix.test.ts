import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

// Of its own, because the library of this machine stays loaded where another test has asked for it.
vi.resetModules();
const { machineProviders, providerFor } = await import("../../src/credentials/provider-for.ts");
const { gssapiProvider } = await import("../../src/gssapi/index.ts");
const { NativeLibrary } = await import("../../src/native/index.ts");

const real = process.platform;

/** No library of a Mac loads here, so the error lists the libraries that were tried. */
describe("a Mac, on whose GSSAPI nothing has been run", () => {
  beforeAll(() => {
    // Otherwise koffi would be looked for in its build for a Mac.
    NativeLibrary.ofProgram();
    Object.defineProperty(process, "platform", { value: "darwin" });
    vi.stubEnv("SSPI_LIBRARY", undefined);
  });
  afterAll(() => {
    Object.defineProperty(process, "platform", { value: real });
    vi.unstubAllEnvs();
  });

  const sspi = expect.objectContaining({ code: "SSPI_LIBRARY_NOT_FOUND", message: expect.not.stringMatching(/GSS/) });
  const gssapi = expect.objectContaining({
    code: "GSSAPI_NOT_FOUND",
    message: expect.stringContaining("/System/Library/Frameworks/GSS.framework/GSS"),
  });

  it.each(["Kerberos", "Negotiate", "NTLM"])("asks an SSPI library for %s, and not GSSAPI", (name) => {
    expect(() => providerFor(name)).toThrow(sspi);
    expect(() => machineProviders()).toThrow(sspi);
  });

  it("uses its GSSAPI where the caller or SSPI_LIBRARY chooses that by name", () => {
    expect(() => gssapiProvider()).toThrow(gssapi);
    vi.stubEnv("SSPI_LIBRARY", "gssapi");
    expect(() => providerFor("Kerberos")).toThrow(gssapi);
    expect(() => machineProviders()).toThrow(gssapi);
  });
});
