import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { NCRYPT_MACHINE_KEY_FLAG, NCRYPT_SILENT_FLAG } from "../../generated/ncrypt/constants.ts";
import { CRYPT_DELETEKEYSET, CRYPT_MACHINE_KEYSET, CRYPT_USER_KEYSET } from "../../generated/wincrypt/constants.ts";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { openFromStore } from "../../src/credentials/certificates/open-store.ts";
import { Certificate, DisposedError, live } from "../../src/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";

const issuer = { der: Buffer.from("the issuer's") };
const alice = { der: Buffer.from("alice's"), container: "{alice}" };
const pfx = Buffer.from("a PFX");
const password = "hunter2-geheim";

describe("a certificate of a PFX", () => {
  it("is the first with a private key; it, its store and its key are released once", () => {
    const windows = new ScriptedCertificates([issuer, alice, { der: Buffer.from("bob's"), container: "{bob}" }]);
    const certificate = certificateOf(openPfx(windows.functions, pfx, password, {}));
    expect([Buffer.from(certificate.der).toString(), certificate.hasPrivateKey]).toEqual(["alice's", true]);
    expect(certificate.thumbprint).toBe(createHash("sha1").update("alice's").digest("hex"));
    expect([live().certificates, windows.open()]).toEqual([1, { contexts: 1, stores: 1 }]);
    certificate.close();
    certificate.close();
    expect(windows.calls).toEqual([
      `PFXImportCertStore a PFX ${password} ${CRYPT_USER_KEYSET}`,
      ...Array(5).fill("CertFreeCertificateContext"),
      "CertCloseStore",
      `CryptAcquireContextW {alice} Provider 24 ${CRYPT_DELETEKEYSET}`,
      `CryptAcquireContextW {bob} Provider 24 ${CRYPT_DELETEKEYSET}`,
    ]);
  });

  it("has a key that several certificates share deleted once", () => {
    const windows = new ScriptedCertificates([alice, { ...alice, der: Buffer.from("alice's older one") }]);
    certificateOf(openPfx(windows.functions, pfx, password, {})).close();
    const deleted = `CryptAcquireContextW {alice} Provider 24 ${CRYPT_DELETEKEYSET}`;
    expect(windows.calls.filter((call) => call.startsWith("CryptAcquire"))).toEqual([deleted]);
  });

  it("has its key deleted in CNG where it is a key of CNG, and every handle is freed", () => {
    const eve = { der: Buffer.from("eve's"), container: "{eve}", providerType: 0 };
    const open = ["NCryptOpenStorageProvider Provider", `NCryptOpenKey ${0x7001} {eve} 0`];
    const outcomes = [
      [[], [...open, `NCryptDeleteKey ${0x7002} 64`, `NCryptFreeObject ${0x7001}`]],
      [["NCryptDeleteKey"], [...open, `NCryptFreeObject ${0x7002}`, `NCryptFreeObject ${0x7001}`]],
      [["NCryptOpenKey"], [open[0], `NCryptFreeObject ${0x7001}`]],
      [["NCryptOpenStorageProvider"], []],
    ] as const;
    const warnings: string[] = [];
    vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
    onTestFinished(() => void vi.restoreAllMocks());
    for (const [fails, calls] of outcomes) {
      const windows = new ScriptedCertificates([eve], fails);
      certificateOf(openPfx(windows.functions, pfx, password, {})).close();
      expect(windows.calls.filter((call) => call.startsWith("NCrypt"))).toEqual(calls);
    }
    expect(warnings).toEqual(Array(3).fill("the private key that a certificate brought could not be deleted"));
  });

  it.each([
    ["a container, of the user", 24, 0, [`CryptAcquireContextW {eve} Provider 24 ${CRYPT_DELETEKEYSET}`]],
    [
      "a container, of the machine",
      24,
      CRYPT_MACHINE_KEYSET,
      [`CryptAcquireContextW {eve} Provider 24 ${CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET}`],
    ],
    ["CNG, of the user", 0, 0, [`NCryptOpenKey ${0x7001} {eve} 0`, `NCryptDeleteKey ${0x7002} ${NCRYPT_SILENT_FLAG}`]],
    [
      "CNG, of the machine",
      0,
      CRYPT_MACHINE_KEYSET,
      [`NCryptOpenKey ${0x7001} {eve} ${NCRYPT_MACHINE_KEY_FLAG}`, `NCryptDeleteKey ${0x7002} ${NCRYPT_SILENT_FLAG}`],
    ],
  ])("whose key is kept by %s has it deleted there and nowhere else", (_where, providerType, keyFlags, calls) => {
    const windows = new ScriptedCertificates([{ der: alice.der, container: "{eve}", providerType, keyFlags }]);
    certificateOf(openPfx(windows.functions, pfx, password, {})).close();
    expect(windows.calls.filter((call) => /^(CryptAcquire|NCryptOpenKey|NCryptDelete)/.test(call))).toEqual(calls);
  });

  it("leaves neither the PFX nor its password in our memory", () => {
    keepArenas();
    const windows = new ScriptedCertificates([alice]);
    using _ = certificateOf(openPfx(windows.functions, pfx, password, {}));
    expect(windows.places.length).toBe(2);
    for (const { address, size } of windows.places) expect(copyOut(address, size)).toEqual(new Uint8Array(size));
  });

  // Flags as wincrypt.h has them: CRYPT_USER_KEYSET, CRYPT_MACHINE_KEYSET, PKCS12_NO_PERSIST_KEY; CRYPT_EXPORTABLE.
  it.each([
    [{}, 0x1000],
    [{ keys: "user" }, 0x1000],
    [{ keys: "machine" }, 0x20],
    [{ keys: "memory" }, 0x8000],
    [{ exportable: true }, 0x1001],
    [{ keys: "machine", exportable: true }, 0x21],
    [{ keys: "memory", exportable: true }, 0x8001],
  ] as const)("is opened with the flags of %j", (options, flags) => {
    const windows = new ScriptedCertificates([alice]);
    using _ = certificateOf(openPfx(windows.functions, pfx, password, options));
    expect(windows.calls[0]).toBe(`PFXImportCertStore a PFX ${password} ${flags}`);
  });

  it("is an error where no certificate has a private key, and the store is closed", () => {
    const windows = new ScriptedCertificates([issuer]);
    expect(() => openPfx(windows.functions, pfx, password, {})).toThrow(
      /^PFXImportCertStore: it has no certificate with a private key$/,
    );
    expect(windows.calls.at(-1)).toBe("CertCloseStore");
  });

  it("is an error without the password where the PFX does not open", () => {
    const windows = new ScriptedCertificates([alice], ["PFXImportCertStore"]);
    const open = () => openPfx(windows.functions, pfx, password, {});
    const details = { name: "CertificateError", code: "SSPI_CERTIFICATE", operation: "PFXImportCertStore", status: 0 };
    expect(open).toThrow(expect.objectContaining(details));
    expect(open).toThrow(/^PFXImportCertStore: the password is wrong, or these bytes are no PFX$/);
  });

  it.each([
    [{ pfx: "a PFX" }, /^pfx: expected a Uint8Array or Buffer, got a string of 5 characters$/],
    [{ pfx: Buffer.alloc(0) }, /^pfx: expected the bytes of a PFX, got none/],
    [{ password: "a\0b" }, /^password: expected a string without NUL characters$/],
    [{ password: 5 }, /^password: expected a string, or bytes of UTF-8, got a number$/],
    [{ options: { keys: "nowhere" } }, /^keys: expected one of user, machine, memory; got a string of 7 characters/],
  ])("is refused with the options %j", (wrong, message) => {
    const windows = new ScriptedCertificates([alice]);
    const given = { pfx, password, options: {}, ...wrong } as { pfx: Buffer; password: string; options: object };
    expect(() => openPfx(windows.functions, given.pfx, given.password, given.options)).toThrow(message);
    expect(windows.calls).toEqual([]);
  });
});

describe("a certificate of the system's stores", () => {
  it("keeps its store open as long as it is open itself", () => {
    const windows = new ScriptedCertificates([alice]);
    const certificate = certificateOf(openFromStore(windows.functions, { store: "Mein", subject: "alice" }));
    expect(windows.calls).toEqual([`CertOpenStore Mein ${0x1_c000}`]);
    certificate.close();
    // The key existed before, and stays.
    expect(windows.calls.slice(1)).toEqual(["CertFreeCertificateContext", "CertCloseStore"]);
  });

  it("is an error where it is not found, and the store is closed", () => {
    const windows = new ScriptedCertificates([]);
    expect(() => openFromStore(windows.functions, { thumbprint: "ab".repeat(20) })).toThrow(
      /^CertFindCertificateInStore: no certificate fits/,
    );
    expect(windows.calls.at(-1)).toBe("CertCloseStore");
  });

  it.each([
    [null, /^search: expected \{ thumbprint, subject, store, … \}/],
    [{}, /^search: expected either thumbprint or subject/],
    [{ subject: "a", thumbprint: "b" }, /^search: expected either thumbprint or subject/],
    [{ thumbprint: "ab" }, /^thumbprint: expected 40 hexadecimal digits \(SHA-1\), got a string of 2 characters/],
    [{ subject: "" }, /^subject: expected a name/],
    [{ subject: "a", store: "M\0Y" }, /^store: expected a string without NUL/],
    [
      { subject: "a", location: "moon" },
      /^location: expected one of currentUser, localMachine; got a string of 4 characters/,
    ],
  ])("is refused before the search with %j", (search, message) => {
    const windows = new ScriptedCertificates([alice]);
    expect(() => openFromStore(windows.functions, search as never)).toThrow(message);
    expect(windows.calls).toEqual([]);
  });
});

describe("a certificate", () => {
  it("says whose it is and no more when it is printed, and cannot be used after it was closed", () => {
    const windows = new ScriptedCertificates([alice]);
    const certificate = certificateOf(openPfx(windows.functions, pfx, password, {}));
    expect(inspect(certificate)).toBe(`Certificate { ${certificate.thumbprint}, with its private key }`);
    expect(certificate.address).toBeGreaterThan(0n);
    certificate.close();
    expect(inspect(certificate)).toBe(`Certificate { ${certificate.thumbprint}, with its private key, closed }`);
    expect(() => certificate.address).toThrow(DisposedError);
  });

  it.each([null, "0x1000", 5, 1.5, -1n])("is not taken from %s, which is no address", (wrong) => {
    expect(() => Certificate.fromContext(wrong as never)).toThrow(/^address: expected an address, got /);
  });
});
