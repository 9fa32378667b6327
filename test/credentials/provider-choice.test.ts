import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { machineProviders, packages, providerFor } from "../../src/credentials/index.ts";
import * as gssapi from "../../src/gssapi/index.ts";
import { Credential } from "../../src/index.ts";
import * as native from "../../src/native/index.ts";
import { scripted } from "../scripted/scripted.ts";

const noSspi = new native.LibraryNotFoundError([], "linux");
const noGssapi = new gssapi.GssapiNotFoundError([], "linux");
const other = new Error("the library is damaged");

/** What loading each library gives: the provider, or an error. */
interface Machine {
  readonly gssapi: native.SecurityProvider | Error;
  readonly sspi: native.SecurityProvider | Error;
  /** Whether the machine is one on which GSSAPI may be chosen by default. */
  readonly offers?: boolean;
}

function machine({ gssapi: krb5, sspi, offers = true }: Machine): void {
  const load = (outcome: native.SecurityProvider | Error) => () => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  vi.spyOn(native, "offersGssapi").mockReturnValue(offers);
  vi.spyOn(native, "providerNamed").mockImplementation(load(sspi));
  vi.spyOn(gssapi, "gssapiProvider").mockImplementation(load(krb5));
}

beforeEach(() => {
  vi.stubEnv("SSPI_LIBRARY", undefined);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
});

const made = (packageName: string) => scripted({ packageName }).provider;

describe("the provider of a caller who names none", () => {
  it("is GSSAPI for Kerberos and Negotiate, and the SSPI library for all else", () => {
    const [krb5, winpr] = [made("Kerberos"), made("NTLM")];
    machine({ gssapi: krb5, sspi: winpr });
    const chosen = ["Kerberos", "negotiate", "NTLM", "Schannel"].map((name) => providerFor(name));
    expect(chosen).toEqual([krb5, krb5, winpr, winpr]);
    expect(machineProviders()).toEqual([krb5, winpr]);
  });

  it("is the SSPI library for everything on a machine that does not offer GSSAPI", () => {
    const [krb5, winpr] = [made("Kerberos"), made("NTLM")];
    machine({ gssapi: krb5, sspi: winpr, offers: false });
    expect(["Kerberos", "NTLM"].map((name) => providerFor(name))).toEqual([winpr, winpr]);
    expect(machineProviders()).toEqual([winpr]);
  });

  it("is GSSAPI for everything, on every machine, where SSPI_LIBRARY says so", () => {
    const [krb5, winpr] = [made("Kerberos"), made("NTLM")];
    machine({ gssapi: krb5, sspi: winpr, offers: false });
    vi.stubEnv("SSPI_LIBRARY", "gssapi");
    expect(["Kerberos", "NTLM"].map((name) => providerFor(name))).toEqual([krb5, krb5]);
    expect(machineProviders()).toEqual([krb5]);
  });

  it("is the library that SSPI_LIBRARY names for everything, also where GSSAPI could be chosen", () => {
    const winpr = made("Kerberos");
    machine({ gssapi: made("Kerberos"), sspi: winpr });
    vi.stubEnv("SSPI_LIBRARY", "libwinpr-of-mine.so");
    expect(["Kerberos", "NTLM"].map((name) => providerFor(name))).toEqual([winpr, winpr]);
    expect(machineProviders()).toEqual([winpr]);
    expect(native.providerNamed).not.toHaveBeenCalledWith(undefined);
  });

  it("is the SSPI library where GSSAPI is not installed", () => {
    const winpr = made("Kerberos");
    machine({ gssapi: noGssapi, sspi: winpr });
    expect(["Kerberos", "NTLM"].map((name) => providerFor(name))).toEqual([winpr, winpr]);
    expect(machineProviders()).toEqual([winpr]);
  });

  it("is GSSAPI alone where no SSPI library is installed", () => {
    const krb5 = made("Kerberos");
    machine({ gssapi: krb5, sspi: noSspi });
    expect(providerFor("Kerberos")).toBe(krb5);
    expect(() => providerFor("NTLM")).toThrow(noSspi);
    expect(machineProviders()).toEqual([krb5]);
  });

  it("is missing where neither is installed: for Kerberos the error advises to install GSSAPI", () => {
    machine({ gssapi: noGssapi, sspi: noSspi });
    expect(() => providerFor("Kerberos")).toThrow(noGssapi);
    expect(() => providerFor("NTLM")).toThrow(noSspi);
    expect(() => machineProviders()).toThrow(noSspi);
  });

  it("is not replaced where a library is there and fails in another way", () => {
    machine({ gssapi: other, sspi: made("Kerberos") });
    expect(() => providerFor("Kerberos")).toThrow(other);
    expect(() => machineProviders()).toThrow(other);
    machine({ gssapi: noGssapi, sspi: other });
    expect(() => providerFor("Kerberos")).toThrow(other);
    machine({ gssapi: made("Kerberos"), sspi: other });
    expect(() => machineProviders()).toThrow(other);
  });
});

describe("a credential without a provider", () => {
  it("is acquired from the one that the machine gives for its package", () => {
    machine({ gssapi: made("Kerberos"), sspi: made("NTLM") });
    for (const name of ["Kerberos", "NTLM"]) {
      using credential = Credential.acquireSync({ package: name, use: "outbound" });
      expect(credential.package).toBe(name);
    }
  });
});

describe("the packages of a machine", () => {
  it("are those of all its providers, each from the one that would be chosen for it", () => {
    const [krb5, winpr] = [made("Kerberos"), made("KERBEROS")].map((provider, index) =>
      Object.assign(provider, { label: ["gssapi", "winpr"][index] }),
    ) as [native.SecurityProvider, native.SecurityProvider];
    machine({ gssapi: krb5, sspi: winpr });
    const listed = packages().map(({ name, library }) => [name, library]);
    expect(listed).toEqual([
      ["Kerberos", "gssapi"],
      ["Überpaket", "gssapi"],
    ]);
    expect(packages(winpr).map(({ name }) => name)).toEqual(["KERBEROS", "Überpaket"]);
  });

  it("are all listed where two providers have different ones", () => {
    machine({ gssapi: made("Kerberos"), sspi: made("NTLM") });
    expect(packages().map(({ name }) => name)).toEqual(["Kerberos", "Überpaket", "NTLM"]);
  });
});
