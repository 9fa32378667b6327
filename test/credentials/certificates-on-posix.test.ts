import { describe, expect, it } from "vitest";
import { Certificate, FunctionNotFoundError } from "../../src/index.ts";
import { rsaCertificate, rsaKey } from "./pem.ts";

describe("certificates where there is no crypt32.dll", () => {
  it.each([
    ["fromPfx", () => Certificate.fromPfx(Buffer.from("a PFX"), "geheim"), "PFXImportCertStore"],
    ["fromPem", () => Certificate.fromPem(rsaCertificate, rsaKey), "CertCreateCertificateContext"],
    ["fromStore", () => Certificate.fromStore({ subject: "alice" }), "CertOpenStore"],
    ["fromContext", () => Certificate.fromContext(0x1_0000), "CertDuplicateCertificateContext"],
  ] as const)("are refused by %s, naming what is missing", (_name, open, missing) => {
    expect(open).toThrow(FunctionNotFoundError);
    expect(open).toThrow(
      `${missing}: neither the SSPI library of this machine nor crypt32.dll has this function, which is a part of Windows`,
    );
  });
});
