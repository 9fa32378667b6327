import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { CRYPT_DELETEKEYSET, CRYPT_MACHINE_KEYSET, CRYPT_NEWKEYSET } from "../../generated/wincrypt/constants.ts";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPem } from "../../src/credentials/certificates/open-pem.ts";
import { rsaKeyBlob } from "../../src/credentials/certificates/rsa-key-blob.ts";
import { copyOut } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { keepBuffers } from "../memory/kept-buffers.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";
import { ecCertificate, ecKey, rsaCertificate, rsaKey } from "./pem.ts";

/** The key in a PRIVATEKEYBLOB. */
function keyOf(blob: Uint8Array): JsonWebKey {
  const bytes = Buffer.from(blob);
  const whole = bytes.readUInt32LE(12) / 8;
  let at = 20;
  const next = (size: number): string => {
    at += size;
    const number = Buffer.from(bytes.subarray(at - size, at)).reverse();
    return number.subarray(number.findIndex((byte) => byte !== 0)).toString("base64url");
  };
  const [n, p, q, dp, dq, qi] = [whole, ...Array<number>(5).fill(whole / 2)].map(next) as string[];
  const d = next(whole);
  expect([at, bytes.subarray(8, 12).toString(), bytes.readUInt32LE(0)]).toEqual([bytes.length, "RSA2", 0x0207]);
  expect(bytes.readUInt32LE(16)).toBe(65_537);
  return { kty: "RSA", e: "AQAB", ...{ n, d, p, q, dp, dq, qi } } as JsonWebKey;
}

/** RSAPrivateKey (RFC 8017, A.1.2). */
function derOf(key: JsonWebKey): Buffer {
  const element = (tag: number, content: Buffer): Buffer => {
    const { length } = content;
    const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.of(tag, ...size), content]);
  };
  const { n, e, d, p, q, dp, dq, qi } = key;
  const numbers = [Buffer.of(0), ...[n, e, d, p, q, dp, dq, qi].map((text) => Buffer.from(text ?? "", "base64url"))];
  const positive = (number: Buffer): Buffer =>
    (number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.of(0), number]);
  return element(0x30, Buffer.concat(numbers.map((number) => element(0x02, positive(number)))));
}

describe("a private key of RSA", () => {
  it.each([1024, 1536, 2048])("of %i bits becomes a blob that holds the whole key", (modulusLength) => {
    for (let round = 0; round < 5; round += 1) {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
      const blob = rsaKeyBlob(privateKey.export({ type: "pkcs1", format: "der" }));
      expect(keyOf(blob)).toEqual(privateKey.export({ format: "jwk" }));
    }
  });
});

describe("a certificate and its key in PEM", () => {
  it("are imported into a container of their own, of which nothing remains", () => {
    keepArenas();
    const windows = new ScriptedCertificates([]);
    const certificate = certificateOf(openPem(windows.functions, rsaCertificate, rsaKey, {}));
    expect(certificate.x509.subject).toBe("CN=alice");
    expect(keyOf(windows.blobs[0] as Buffer)).toEqual(createPrivateKey(rsaKey).export({ format: "jwk" }));
    for (const { address, size } of windows.places) expect(copyOut(address, size)).toEqual(new Uint8Array(size));
    certificate.close();
    const names = windows.calls.map((call) => call.split(" ")[0]);
    expect(names).toEqual([
      "CryptAcquireContextW",
      "CryptImportKey",
      "CryptDestroyKey",
      "CryptReleaseContext",
      "CertSetCertificateContextProperty",
      "CertFreeCertificateContext",
      "CryptAcquireContextW",
    ]);
    const [made, named, deleted] = [0, 4, 6].map((index) => windows.calls[index]) as [string, string, string];
    const container = /[0-9a-f-]{36}/.exec(made)?.[0] as string;
    expect([made.endsWith(" 24 8"), deleted.endsWith(" 24 16")]).toEqual([true, true]);
    expect([named.includes(container), deleted.includes(container)]).toEqual([true, true]);
  });

  it.each([
    ["user", 0],
    ["machine", CRYPT_MACHINE_KEYSET],
  ] as const)("keep the key in a container of the %s, say so, and delete it there", (keys, machine) => {
    const windows = new ScriptedCertificates([]);
    certificateOf(openPem(windows.functions, rsaCertificate, rsaKey, { keys })).close();
    const flags = windows.calls
      .filter((call) => /^(CryptAcquire|CertSet)/.test(call))
      .map((call) => [call.split(" ")[0], Number(call.split(" ").at(-1))]);
    expect(flags).toEqual([
      ["CryptAcquireContextW", CRYPT_NEWKEYSET | machine],
      ["CertSetCertificateContextProperty", machine],
      ["CryptAcquireContextW", CRYPT_DELETEKEYSET | machine],
    ]);
  });

  it.each([undefined, "CryptAcquireContextW", "CryptImportKey", "CertSetCertificateContextProperty"] as const)(
    "leave no part of the key in memory of ours, where %s fails",
    (fails) => {
      const kept = keepBuffers();
      const key = createPrivateKey(rsaKey);
      const exported = vi.spyOn(Object.getPrototypeOf(key) as KeyObject, "export");
      onTestFinished(() => exported.mockRestore());
      const windows = new ScriptedCertificates([], fails ? [fails] : []);
      const open = () => certificateOf(openPem(windows.functions, rsaCertificate, rsaKey, {})).close();
      if (fails) expect(open).toThrow(fails);
      else open();
      expect(exported.mock.results.map(({ value }) => [...new Set(value as Buffer)])).toEqual([[0]]);
      exported.mockRestore();
      const { p, q, d, dp, dq, qi } = key.export({ format: "jwk" });
      const parts = [p, q, d, dp, dq, qi].map((part) => Buffer.from(part ?? "", "base64url").subarray(0, 32));
      // The functions that this test stands on keep copies of what they are given.
      const ours = kept.filter((buffer) => !windows.blobs.some((blob) => blob.buffer === buffer));
      for (const part of parts)
        for (const written of [part, Buffer.from(part).reverse()])
          expect(ours.filter((buffer) => Buffer.from(buffer).includes(written))).toEqual([]);
      expect(kept.length).toBeGreaterThan(3);
    },
  );

  it.each([
    ["CertCreateCertificateContext", []],
    ["CryptAcquireContextW", ["CertFreeCertificateContext"]],
    [
      "CryptImportKey",
      ["CryptAcquireContextW", "CryptAcquireContextW", "CryptReleaseContext", "CertFreeCertificateContext"],
    ],
    [
      "CertSetCertificateContextProperty",
      [
        "CryptAcquireContextW",
        "CryptImportKey",
        "CryptDestroyKey",
        "CryptReleaseContext",
        "CryptAcquireContextW",
        "CertFreeCertificateContext",
      ],
    ],
  ] as const)("leave nothing behind where %s fails", (operation, calls) => {
    const windows = new ScriptedCertificates([], [operation]);
    expect(() => openPem(windows.functions, rsaCertificate, rsaKey, {})).toThrow(
      expect.objectContaining({ name: "CertificateError", operation }),
    );
    expect(windows.calls.map((call) => call.split(" ")[0])).toEqual(calls);
  });

  it.each([
    ["no PEM", rsaKey, {}, /^certificate: expected a certificate in PEM$/],
    [5, rsaKey, {}, /^certificate: expected a string, got a number$/],
    [rsaCertificate, "geheim", {}, /^key: expected a private key in PEM, and its passphrase/],
    [rsaCertificate, ecKey, {}, /^key: expected one of RSA, got ec; a PFX may have any$/],
    [ecCertificate, rsaKey, {}, /^key: expected the private key of the certificate, got another$/],
    [rsaCertificate, rsaKey, { keys: "memory" }, /^keys: expected one of user, machine; got a string of 6 characters$/],
    [rsaCertificate, rsaKey, { passphrase: 5 }, /^passphrase: expected a string, or bytes of UTF-8, got a number$/],
  ])("are refused (%#), and the key is not shown", (certificate, key, options, message) => {
    const windows = new ScriptedCertificates([]);
    const open = () => openPem(windows.functions, certificate as string, key, options as object);
    expect(open).toThrow(message);
    try {
      open();
    } catch (error) {
      expect(inspect(error)).not.toMatch(/geheim|PRIVATE KEY/);
    }
    expect(windows.calls).toEqual([]);
  });
});

describe("a key of RSA that does not fit into CryptImportKey's blob", () => {
  const whole = createPrivateKey(rsaKey).export({ format: "jwk" });
  const longer = (number = ""): string =>
    Buffer.concat([Buffer.of(1), Buffer.from(number, "base64url")]).toString("base64url");

  it.each([
    ["whose public exponent has more than 32 bits", { e: Buffer.from("0100000001", "hex").toString("base64url") }],
    ["whose primes are not of one length", { p: longer(whole.p) }],
  ])("is refused and not truncated: one %s", (_, part) => {
    expect(() => rsaKeyBlob(derOf({ ...whole, ...part }))).toThrow(
      /^key: expected a public exponent of at most 32 bits, and primes of one length; a PFX may have any$/,
    );
  });
});
