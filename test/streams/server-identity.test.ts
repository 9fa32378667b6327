import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isSchannel } from "../../src/credentials/index.ts";
import { Credential, type SchannelOptions } from "../../src/index.ts";
import {
  checkName,
  refuseWrongServer,
  type ServerIdentityCheck,
  serverCheck,
} from "../../src/streams/server-identity.ts";
import { scripted } from "../scripted/scripted.ts";

/** Made by OpenSSL: one with alternative names and addresses, one with only a common name, one with a NUL in a name. */
const certificates = {
  san:
    "MIIB4zCCAYqgAwIBAgIUUTNyjC8BgD7u35uugQwDEaIaeoUwCgYIKoZIzj0EAwIwGTEXMBUGA1UEAwwOY29tbW9uLmV4YW1wbGUwIBcNMjYxMT" +
    "IwMTQ1MjI0WhgPMjEyNjEwMjcxNDUyMjRaMBkxFzAVBgNVBAMMDmNvbW1vbi5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvWSi" +
    "PAS73vYigc1I6ThSvL20+SxWGfogYfPcmlKA7ACWGZk4IzR3dppl05z8y1MTXF8cH5h/Nq2iE2BQp+A37aOBrTCBqjAdBgNVHQ4EFgQUIui6YE" +
    "/W3h51I/hsD2beAMlozu0wHwYDVR0jBBgwFoAUIui6YE/W3h51I/hsD2beAMlozu0wDwYDVR0TAQH/BAUwAwEB/zBXBgNVHREEUDBOgg1leGFj" +
    "dC5leGFtcGxlgg4qLndpbGQuZXhhbXBsZYIVeG4tLWJjaGVyLWt2YS5leGFtcGxlhwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMAoGCCqGSM49BA" +
    "MCA0cAMEQCIGn9mg7QgZtYJTVQZAB4f5CdNd5KMqILs0e5vCXRhIEmAiB2yOkrklC9mxve8usnH7WMaszOlIKJmSx+dO+Om0Ec7w==",
  cn:
    "MIIBiTCCAS+gAwIBAgIUJEGj1+PcKk991D/+9pom/WkslMkwCgYIKoZIzj0EAwIwGTEXMBUGA1UEAwwOY29tbW9uLmV4YW1wbGUwIBcNMjYxMT" +
    "IwMTQ1MjI0WhgPMjEyNjEwMjcxNDUyMjRaMBkxFzAVBgNVBAMMDmNvbW1vbi5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjYNC" +
    "8SohVvdkip9iE4AuT42ju+arP6H1eggNFvk71QyLIs1LTTTun6F54315lkqNrjAl5NCWkyOk/R0jiqCmKKNTMFEwHQYDVR0OBBYEFLd/Ld6moT" +
    "21arL6l1FINbulu4vHMB8GA1UdIwQYMBaAFLd/Ld6moT21arL6l1FINbulu4vHMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIg" +
    "XelNG7Y+6XWq2XwgkL8sfnSgdrf7yOSACrHENUABBsMCIQCM/mWyLxt/AgXN7ghoMEUbItPphDqH7Uazngavmq5ILA==",
  nul:
    "MIIBsTCCAVagAwIBAgIUK1QLdAtIEKjfuyWPeAielFpIUkMwCgYIKoZIzj0EAwIwGTEXMBUGA1UEAwwOY29tbW9uLmV4YW1wbGUwIBcNMjYxMT" +
    "IwMTQ1MjI0WhgPMjEyNjEwMjcxNDUyMjRaMBkxFzAVBgNVBAMMDmNvbW1vbi5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzYnf" +
    "7AxFXWEM0Pq0Q4gIN1gAAouIYaAFSd57GDXvo+WjxJPLZWT7NKYwnO27n6nmngm+B1b/sKwzwy64A6FVfaN6MHgwHQYDVR0OBBYEFFwSX/S103" +
    "BmHg4OlPe1PfVjRXjzMB8GA1UdIwQYMBaAFFwSX/S103BmHg4OlPe1PfVjRXjzMA8GA1UdEwEB/wQFMAMBAf8wJQYDVR0RBB4wHIIaZ29vZC5l" +
    "eGFtcGxlAC5ldmlsLmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIhANjBKKFS8hm3TVr4u7o7ALj2m9SMwkmn2jROUXvLSgDPAiEAxFjiV6C0Db" +
    "0hGmhEwUJJDCRtBu+a22+YPPhFMkUStB0=",
};

function taken(certificate: keyof typeof certificates, target: string): boolean {
  const error = checkName(target, new X509Certificate(Buffer.from(certificates[certificate], "base64")));
  if (error) expect(error).toMatchObject({ name: "SecureStreamError", code: "SSPI_SERVER_IDENTITY" });
  return error === undefined;
}

describe("a server's certificate", () => {
  it.each([
    ["exact.example", true],
    ["EXACT.example", true],
    ["exact.example.", true],
    ["a.wild.example", true],
    ["xn--bcher-kva.example", true],
    ["127.0.0.1", true],
    ["::1", true],
    ["0:0:0:0:0:0:0:1", true],
    ["a.b.wild.example", false],
    ["wild.example", false],
    [".example", false],
    ["example", false],
    ["127.0.0.2", false],
    ["::2", false],
    ["exact.example:443", false],
    ["HTTP/exact.example", false],
    // The common name does not count if there are alternative names.
    ["common.example", false],
  ])("with several names and addresses is valid for %s: %s", (target, is) => {
    expect(taken("san", target)).toBe(is);
  });

  it("without alternative names is valid for its common name", () => {
    expect([taken("cn", "common.example"), taken("cn", "other.example")]).toEqual([true, false]);
  });

  it("with a NUL in a name is not valid for the part before the NUL", () => {
    expect([taken("nul", "good.example"), taken("nul", "common.example")]).toEqual([false, false]);
  });

  it("for another name causes an error that lists the certificate's names and has Node's error as its cause", () => {
    const error = checkName("b.example", new X509Certificate(Buffer.from(certificates.san, "base64")));
    expect(error?.message).toBe(
      "the server's certificate is for CN=common.example; DNS:exact.example, DNS:*.wild.example, " +
        "DNS:xn--bcher-kva.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, not for b.example",
    );
    expect(error?.cause).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID", host: "b.example" });
  });
});

describe("the error about a server's certificate for another name", () => {
  const wrong = (names: { readonly subject?: string; readonly subjectAltName?: string }): string | undefined => {
    const certificate = { ...names, checkIP: () => undefined, toLegacyObject: () => ({}) };
    return checkName("a.example", certificate as unknown as X509Certificate)?.message;
  };

  it("tells all names that the certificate has, each part of the subject included", () => {
    const told = (names: string): string => `the server's certificate is for ${names}, not for a.example`;
    expect(wrong({ subject: "CN=b.example\nO=Example" })).toBe(told("CN=b.example, O=Example"));
    expect(wrong({ subjectAltName: "DNS:c.example" })).toBe(told("DNS:c.example"));
    expect(wrong({})).toBe(told("nobody"));
  });
});

describe("the default server check of a stream", () => {
  /** The server check of a stream with a credential of the package `name`. */
  const chosen = (name: string, schannel: SchannelOptions | undefined, target: string | undefined, check?: unknown) => {
    const { provider } = scripted({ packageName: name, authData: () => undefined });
    const options = { package: name, use: "outbound", provider, ...(schannel && { schannel }) } as const;
    using credential = Credential.acquireSync(options);
    return serverCheck(credential, target, check as ServerIdentityCheck | undefined);
  };

  it.each(["Schannel", "Microsoft Unified Security Protocol Provider"])(
    "with %s compares the certificate's names with the target, which is required",
    (name) => {
      for (const schannel of [undefined, {}, { flags: ["credAutoCredValidation"] }] as const) {
        expect(chosen(name, schannel, "exact.example")).toBe(checkName);
        expect(() => chosen(name, schannel, undefined)).toThrow(/^target: expected the server's name/);
      }
    },
  );

  it("is absent with credManualCredValidation, and for packages without certificates", () => {
    expect(chosen("Schannel", { flags: ["credManualCredValidation"] }, "exact.example")).toBeUndefined();
    expect(chosen("Negotiate", undefined, "exact.example")).toBeUndefined();
  });

  it("is replaced by checkServerIdentity, which must be a function", () => {
    const own = (): undefined => undefined;
    for (const [name, schannel] of [
      ["Schannel", undefined],
      ["Schannel", { flags: ["credManualCredValidation"] }],
      ["Negotiate", undefined],
    ] as const) {
      expect(chosen(name, schannel, "exact.example", own)).toBe(own);
      expect(() => chosen(name, schannel, undefined, own)).toThrow(/^target: expected the server's name/);
      for (const wrong of [null, true, "name", {}])
        expect(() => chosen(name, schannel, "exact.example", wrong)).toThrow(
          /^checkServerIdentity: expected a function/,
        );
    }
  });
});

describe("the result of checkServerIdentity", () => {
  const certificate = new X509Certificate(Buffer.from(certificates.san, "base64"));
  const judged = (answer: unknown) => () => refuseWrongServer("exact.example", { certificate }, () => answer as never);

  it("is an Error that refuses the server, or undefined, which accepts it", () => {
    const wrong = new Error("not on the list");
    expect(judged(wrong)).toThrow(wrong);
    expect(judged(undefined)).not.toThrow();
  });

  it.each([false, null, 0, "", Number.NaN, 0n, true, 1, "ok", {}, []])(
    "must not be any other value, which refuses the server: %s",
    (answer) => {
      const message = `checkServerIdentity: expected an Error or nothing in answer, got ${typeof answer}`;
      expect(judged(answer)).toThrow(new TypeError(message));
    },
  );

  it("does not count for a server without a certificate, which is always refused", () => {
    expect(() => refuseWrongServer("exact.example", { certificate: undefined }, () => undefined)).toThrow(
      expect.objectContaining({ code: "SSPI_SERVER_IDENTITY", message: "the server has shown no certificate" }),
    );
  });
});

describe("a promise returned by checkServerIdentity", () => {
  it("refuses the server, and its later rejection is not reported as unhandled", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): unknown => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const certificate = new X509Certificate(Buffer.from(certificates.san, "base64"));
    const later = (): never => Promise.reject(new Error("later")) as never;
    expect(() => refuseWrongServer("exact.example", { certificate }, later)).toThrow(
      "checkServerIdentity: expected an Error or nothing in answer, got object",
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});

describe("isSchannel(), which decides whether a server certificate is required,", () => {
  it.each([
    ["Schannel", true],
    ["SCHANNEL", true],
    ["Microsoft Unified Security Protocol Provider", true],
    ["Default TLS SSP", true],
    ["Microsoft TLS 1.0", true],
    ["Microsoft SSL 3.0", true],
    ["CREDSSP", false],
    ["Negotiate", false],
  ])("for %s: %s", (name, is) => {
    expect(isSchannel(name)).toBe(is);
  });
});
