import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  CERT_FIND_HASH,
  CERT_FIND_SUBJECT_STR_W,
  CERT_STORE_OPEN_EXISTING_FLAG,
  CERT_STORE_READONLY_FLAG,
  CERT_SYSTEM_STORE_CURRENT_USER,
  CERT_SYSTEM_STORE_LOCAL_MACHINE,
} from "../../generated/wincrypt/constants.ts";
import { CRYPT_INTEGER_BLOB } from "../../generated/wincrypt/structs.ts";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { CertificateError } from "../../src/credentials/certificates/certificate-error.ts";
import type { CertificateFunctions } from "../../src/credentials/certificates/certificate-functions.ts";
import { openPem } from "../../src/credentials/certificates/open-pem.ts";
import { openPfx, type PfxOptions } from "../../src/credentials/certificates/open-pfx.ts";
import { openFromStore, type StoreSearch } from "../../src/credentials/certificates/open-store.ts";
import { rsaKeyBlob } from "../../src/credentials/certificates/rsa-key-blob.ts";
import type { Address } from "../../src/ctypes/index.ts";
import { Certificate } from "../../src/index.ts";
import { copyOut, readStruct, readWideString } from "../../src/native/index.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";
import { rsaCertificate, rsaKey } from "./pem.ts";

const alice = { der: Buffer.from("alice's"), container: "{alice}" };
const pfx = Buffer.from("a PFX");

describe("the error of a function for certificates", () => {
  it.each([
    [0, "Open: nobody said why"],
    [2, "Open: there is no such store (2)"],
    [5, "Open: access is denied (5)"],
    [86, "Open: the password is wrong (86)"],
    [0xffff, "Open: it failed (65535)"],
    [0x1_0000, "Open: it failed (0x10000)"],
    [0x8009_2004, "Open: no certificate fits (0x80092004)"],
  ])("with the status %i says what it means, or that Windows gives no reason", (status, message) => {
    const error = new CertificateError("Open", status, "nobody said why");
    expect(error).toMatchObject({ name: "CertificateError", code: "SSPI_CERTIFICATE", operation: "Open", status });
    expect(error.message).toBe(message);
  });
});

describe("a Certificate", () => {
  it("is made by its own methods alone", () => {
    const Constructor = Certificate as unknown as new (held?: unknown) => Certificate;
    for (const held of [undefined, null, { address: 1n }])
      expect(() => new Constructor(held)).toThrow(/^Certificate: use Certificate\.fromPfx\(\)/);
  });

  it("says that it has no private key, where the system knows none", () => {
    const windows = new ScriptedCertificates([{ der: alice.der }]);
    using certificate = certificateOf(openFromStore(windows.functions, { subject: "alice" }));
    expect([certificate.hasPrivateKey, certificate.closed]).toEqual([false, false]);
    expect(inspect(certificate)).toBe(`Certificate { ${certificate.thumbprint} }`);
  });

  // CERT_KEY_PROV_INFO_PROP_ID, CERT_KEY_CONTEXT_PROP_ID, CERT_NCRYPT_KEY_HANDLE_PROP_ID; 3 is CERT_SHA1_HASH_PROP_ID.
  it.each([
    [2, true],
    [5, true],
    [78, true],
    [3, false],
  ])("has a private key where the system keeps one in the property %i: %s", (kept, expected) => {
    const windows = new ScriptedCertificates([{ der: alice.der }]);
    const functions: CertificateFunctions = {
      ...windows.functions,
      CertGetCertificateContextProperty: (_context, property) => (Number(property) === kept ? 1 : 0),
    };
    using certificate = certificateOf(openFromStore(functions, { subject: "alice" }));
    expect(certificate.hasPrivateKey).toBe(expected);
  });
});

describe("a search in the system's stores", () => {
  /** What the search asks Windows for. */
  function asked(search: StoreSearch) {
    const windows = new ScriptedCertificates([alice]);
    let found: unknown;
    const functions: CertificateFunctions = {
      ...windows.functions,
      CertFindCertificateInStore: (...args) => {
        const [, encodings, , kind, wanted] = args;
        const { cbData, pbData } = kind === CERT_FIND_HASH ? readStruct(CRYPT_INTEGER_BLOB, wanted as Address) : {};
        const value = pbData
          ? Buffer.from(copyOut(pbData, cbData ?? 0)).toString("hex")
          : readWideString(BigInt(wanted as Address));
        found = { encodings, kind, value };
        return windows.functions.CertFindCertificateInStore(...args);
      },
    };
    certificateOf(openFromStore(functions, search)).close();
    return { store: windows.calls[0], found };
  }
  const existing = CERT_STORE_OPEN_EXISTING_FLAG | CERT_STORE_READONLY_FLAG;

  it("looks for text of the subject in the current user's store MY by default", () => {
    expect(asked({ subject: "älice" })).toEqual({
      store: `CertOpenStore MY ${CERT_SYSTEM_STORE_CURRENT_USER | existing}`,
      found: { encodings: 0x1_0001, kind: CERT_FIND_SUBJECT_STR_W, value: "älice" },
    });
  });

  it("looks for a thumbprint, however its digits are grouped, in the machine's store that is named", () => {
    const digits = "0123456789abcdef0123456789abcdef01234567";
    const pairs = digits.match(/../g) ?? [];
    for (const thumbprint of [digits, digits.toUpperCase(), pairs.join(":"), ` ${pairs.join(" ")} `])
      expect(asked({ thumbprint, store: "ROOT", location: "localMachine" })).toEqual({
        store: `CertOpenStore ROOT ${CERT_SYSTEM_STORE_LOCAL_MACHINE | existing}`,
        found: { encodings: 0x1_0001, kind: CERT_FIND_HASH, value: digits },
      });
  });

  it.each(["0".repeat(39), "0".repeat(41), `${"0".repeat(39)}g`, `x${"0".repeat(40)}`, `${"0".repeat(40)}-`])(
    "refuses %j, which is no thumbprint",
    (thumbprint) => {
      expect(() => asked({ thumbprint })).toThrow(/^thumbprint: expected 40 hexadecimal digits/);
    },
  );
});

describe("a PFX", () => {
  it("takes true and false alone for exportable", () => {
    const windows = new ScriptedCertificates([alice]);
    for (const exportable of [1, "yes", null])
      expect(() => openPfx(windows.functions, pfx, "", { exportable } as unknown as PfxOptions)).toThrow(
        /^exportable: expected a boolean, got /,
      );
    expect(windows.calls).toEqual([]);
  });

  it("opens with a key whose place cannot be read, and deletes nothing then", () => {
    const windows = new ScriptedCertificates([alice]);
    const functions: CertificateFunctions = {
      ...windows.functions,
      // The size is known, but the property is gone when it is read.
      CertGetCertificateContextProperty: (context, property, into, size) =>
        BigInt(into as Address) === 0n
          ? windows.functions.CertGetCertificateContextProperty(context, property, into, size)
          : 0,
    };
    const certificate = certificateOf(openPfx(functions, pfx, "", {}));
    expect(certificate.hasPrivateKey).toBe(true);
    certificate.close();
    expect(windows.calls.filter((call) => /^N?Crypt/.test(call))).toEqual([]);
  });

  it("leaves no certificate and no store open where a certificate cannot be looked at", () => {
    const windows = new ScriptedCertificates([alice, alice]);
    const functions: CertificateFunctions = {
      ...windows.functions,
      CertGetCertificateContextProperty: () => {
        throw new Error("the key's place is unreadable");
      },
    };
    expect(() => openPfx(functions, pfx, "", {})).toThrow("the key's place is unreadable");
    expect(windows.open()).toEqual({ contexts: 0, stores: 0 });
    expect(windows.calls.slice(1)).toEqual(["CertFreeCertificateContext", "CertCloseStore"]);
  });
});

describe("a private key in PEM that is encrypted", () => {
  const passphrase = "hunter2-☂";
  const encrypted = createPrivateKey(rsaKey).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase,
  });
  const inMiddle = (text: string): Buffer => Buffer.from(`before${text}after`).subarray(6, 6 + Buffer.byteLength(text));
  const opened = (key: string | Buffer, given?: string | Buffer): Buffer | undefined => {
    const windows = new ScriptedCertificates([]);
    const options = given === undefined ? {} : { passphrase: given };
    certificateOf(openPem(windows.functions, rsaCertificate, key, options)).close();
    return windows.blobs[0];
  };

  it("opens with its passphrase as text or bytes, also those in the middle of a buffer", () => {
    const plain = opened(rsaKey);
    for (const key of [encrypted, inMiddle(encrypted as string)])
      for (const given of [passphrase, inMiddle(passphrase)]) expect(opened(key, given)).toEqual(plain);
  });

  it.each([undefined, "another"])("does not open with the passphrase %j, and shows no secret", (given) => {
    expect(() => opened(encrypted, given)).toThrow(/^key: expected a private key in PEM, and its passphrase/);
  });
});

describe("a blob of an RSA key", () => {
  it("has room for half a modulus of an odd number of bytes, rounded up", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1032 });
    const blob = Buffer.from(rsaKeyBlob(privateKey.export({ type: "pkcs1", format: "der" })));
    const { n = "", p = "", d = "" } = privateKey.export({ format: "jwk" });
    const numberAt = (at: number, size: number) => Buffer.from(blob.subarray(at, at + size)).reverse();
    const padded = (text: string, size: number) => {
      const bytes = Buffer.from(text, "base64url");
      return Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
    };
    expect(blob.length).toBe(20 + 129 + 5 * 65 + 129);
    expect(numberAt(20, 129)).toEqual(padded(n, 129));
    expect(numberAt(20 + 129, 65)).toEqual(padded(p, 65));
    expect(numberAt(20 + 129 + 5 * 65, 129)).toEqual(padded(d, 129));
  });

  it("has a public exponent of 32 bits in full", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024, publicExponent: 0xff00_0001 });
    const blob = rsaKeyBlob(privateKey.export({ type: "pkcs1", format: "der" }));
    expect(Buffer.from(blob).readUInt32LE(16)).toBe(0xff00_0001);
  });
});
