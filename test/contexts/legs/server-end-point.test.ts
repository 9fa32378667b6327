import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serverEndPoint } from "../../../src/index.ts";
import certificates from "../../fixtures/server-certificates.json" with { type: "json" };

interface MadeCertificate {
  readonly certificate: string;
  /** The hash of the certificate by `openssl dgst` with the function that RFC 5929 demands. */
  readonly hash?: string;
  readonly hashFunction?: string;
}

const made = Object.entries<MadeCertificate>(certificates);
const derOf = ({ certificate }: MadeCertificate): Buffer => Buffer.from(certificate, "base64");
const prefix = Buffer.from("tls-server-end-point:");
const rsa = derOf(certificates["RSA with SHA-256"]);

describe("serverEndPoint", () => {
  it.each(made.filter(([, { hash }]) => hash))("binds to a certificate of %s as OpenSSL hashes it", (_, one) => {
    const hash = Buffer.from(one.hash as string, "hex");
    expect(serverEndPoint(derOf(one))).toEqual({ applicationData: Buffer.concat([prefix, hash]) });
  });

  it.each([
    ["Ed25519", "1.3.101.112"],
    ["Ed448", "1.3.101.113"],
  ] as const)("refuses a certificate of %s, for which RFC 5929 defines no bindings", (name, oid) => {
    expect(() => serverEndPoint(derOf(certificates[name]))).toThrow(
      new RangeError(
        `certificate: the signature algorithm ${oid} (${name}) has no hash function that tls-server-end-point is defined with (RFC 5929)`,
      ),
    );
  });

  it("refuses PEM and says so", () => {
    const pem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${rsa.toString("base64")}\n-----END CERTIFICATE-----\n`);
    expect(() => serverEndPoint(pem)).toThrow(
      expect.objectContaining({
        message: "certificate: expected a certificate as DER; these bytes are PEM",
        cause: expect.any(RangeError),
      }),
    );
  });

  it.each([undefined, null, "DER", {}, [1]])("refuses %j, which is not bytes", (value) => {
    expect(() => serverEndPoint(value as never)).toThrow(TypeError);
    expect(() => serverEndPoint(value as never)).toThrow(/^certificate: expected a Uint8Array or Buffer, got /);
  });

  it.each(made)("refuses a certificate of %s that is cut, or has something after it", (_, one) => {
    const der = derOf(one);
    for (let length = 0; length < der.length; length++)
      expect(() => serverEndPoint(der.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
    expect(() => serverEndPoint(Buffer.concat([der, Buffer.alloc(1)]))).toThrow(RangeError);
  });

  it.each([
    ["absent parameters", "", false],
    ["a number as parameters", "020100", false],
    ["a hash function that is cut", "3006a0043002060a", false],
    ["no hash function, which means SHA-1", "3000", true],
  ])("takes a certificate whose RSASSA-PSS signature has %s, or refuses it", (_, parameters, taken) => {
    const algorithm = Buffer.from(`06092a864886f70d01010a${parameters}`, "hex");
    const content = Buffer.concat([Buffer.of(0x30, 0, 0x30, algorithm.length), algorithm, Buffer.of(3, 1, 0)]);
    const der = Buffer.concat([Buffer.of(0x30, content.length), content]);
    if (taken) expect(serverEndPoint(der).applicationData.length).toBe(prefix.length + 32);
    else
      expect(() => serverEndPoint(der)).toThrow(
        expect.objectContaining({
          message: "certificate: the parameters of its RSASSA-PSS signature are damaged",
          cause: expect.any(RangeError),
        }),
      );
  });

  it("gives bindings or a RangeError for whatever bytes a peer sends", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(rsa.length - 1), fc.nat(255)).map(([at, value]) => {
        const changed = Buffer.from(rsa);
        changed[at] = value;
        return changed;
      }),
    );
    fc.assert(
      fc.property(bytes, (der) => {
        try {
          expect(serverEndPoint(der).applicationData.length).toBeGreaterThanOrEqual(prefix.length + 28);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^certificate: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
