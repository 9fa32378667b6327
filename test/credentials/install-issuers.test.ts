import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CERT_STORE_ADD_USE_EXISTING, CERT_SYSTEM_STORE_CURRENT_USER } from "../../generated/wincrypt/constants.ts";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPem } from "../../src/credentials/certificates/open-pem.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { live } from "../../src/index.ts";
import { rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";

const der = (pem: string): Buffer => new X509Certificate(pem).raw;
/** The server's own certificate, and that of the authority between it and the root. */
const [leafPem, intermediatePem] = rsaCertificate.cert.split(/(?=-----BEGIN)/) as [string, string];
const leaf = { der: der(leafPem), container: "{leaf}" };
const intermediate = { der: der(intermediatePem) };
const root = { der: der(rootPem) };
const pfx = Buffer.from("a PFX");
const fullChain = `${rsaCertificate.cert}\n${rootPem}`;
const opened = `CertOpenStore CA ${CERT_SYSTEM_STORE_CURRENT_USER}`;
const added = `CertAddCertificateContextToStore ${CERT_STORE_ADD_USE_EXISTING}`;

/** The calls that touched stores of the system. */
function touched({ calls }: ScriptedCertificates): readonly string[] {
  return calls.filter((call) => /CertOpenStore|CertAdd/.test(call));
}

describe("certificates of issuers", () => {
  it("of a PFX are copied to the user's intermediate authorities by name, except the root, and stay there", () => {
    const windows = new ScriptedCertificates([intermediate, leaf, root]);
    const certificate = certificateOf(openPfx(windows.functions, pfx, "", { installIssuers: "user" }));
    expect(windows.added).toEqual([intermediate.der]);
    expect(touched(windows)).toEqual([opened, added]);
    certificate.close();
    expect(touched(windows)).toEqual([opened, added]);
  });

  it("of a full chain in PEM are copied in the same way", () => {
    const windows = new ScriptedCertificates([]);
    using certificate = certificateOf(
      openPem(windows.functions, fullChain, rsaCertificate.key, { installIssuers: "user" }),
    );
    expect(Buffer.from(certificate.der)).toEqual(leaf.der);
    expect([windows.added, touched(windows)]).toEqual([[intermediate.der], [opened, added]]);
  });

  it("are copied nowhere unless the caller asks for it", () => {
    const windows = new ScriptedCertificates([intermediate, leaf, root]);
    certificateOf(openPfx(windows.functions, pfx, "", {})).close();
    certificateOf(openPem(windows.functions, fullChain, rsaCertificate.key, {})).close();
    expect(touched(windows)).toEqual([]);
  });

  it.each(["CertOpenStore", "CertAddCertificateContextToStore"] as const)(
    "that cannot be copied (%s) fail the certificate, and everything is released",
    (fails) => {
      const windows = new ScriptedCertificates([intermediate, leaf], [fails]);
      const options = { installIssuers: "user" } as const;
      expect(() => openPfx(windows.functions, pfx, "", options)).toThrow(
        expect.objectContaining({ code: "SSPI_CERTIFICATE", operation: fails }),
      );
      expect(() => openPem(windows.functions, fullChain, rsaCertificate.key, options)).toThrow(fails);
      expect([windows.open(), live().certificates]).toEqual([{ contexts: 0, stores: 0 }, 0]);
      expect(windows.calls.filter((call) => call.startsWith("CryptAcquireContextW {leaf}"))).toHaveLength(1);
    },
  );

  it("may go to no other place, and an unknown place is refused before anything is opened", () => {
    const windows = new ScriptedCertificates([leaf]);
    const options = { installIssuers: "machine" } as never;
    expect(() => openPfx(windows.functions, pfx, "", options)).toThrow(
      "installIssuers: expected one of user; got a string of 7 characters",
    );
    expect(() => openPem(windows.functions, fullChain, rsaCertificate.key, options)).toThrow(
      "installIssuers: expected one of user; got a string of 7 characters",
    );
    expect(windows.calls).toEqual([]);
  });
});
