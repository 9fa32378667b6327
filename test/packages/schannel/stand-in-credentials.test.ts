import { inspect } from "node:util";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { Credential, live } from "../../../src/index.ts";
import type { CredentialRequest, SuppliedSchannel } from "../../../src/packages/author/index.ts";
import { SchannelCredential } from "../../../src/packages/schannel/schannel-credential.ts";
import { type SchannelStandInOptions, schannelStandIn } from "../../../src/packages.ts";
import { clientCertificate, ecCertificate, rootPem } from "../../fixtures/tls-certificates.ts";
import { closeAll, schannel } from "./connections.ts";

afterEach(closeAll);

const error = (code: string) => expect.objectContaining({ code });
const needs = { alpn: [], clientCertificates: false };

interface Wanted extends SchannelStandInOptions {
  readonly use?: "inbound" | "outbound" | "both";
  readonly supplied?: SuppliedSchannel;
  readonly identity?: object;
}

function credentialOf({ use = "outbound", supplied, identity, ...options }: Wanted = {}): SchannelCredential {
  return new SchannelCredential({ use, identity, schannel: supplied } as unknown as CredentialRequest, options);
}

describe("a credential of Schannel's stand-in", () => {
  it.each<[string, Wanted, string]>([
    ["an identity", { identity: { user: "alice" } }, "SEC_E_UNKNOWN_CREDENTIALS"],
    [
      "a certificate of the caller",
      { supplied: schannel({ certificates: [Buffer.of(1)] }) },
      "SEC_E_UNKNOWN_CREDENTIALS",
    ],
    [
      "an order not to check names",
      { supplied: schannel({ flags: ["credNoServernameCheck"] }) },
      "SEC_E_UNSUPPORTED_FUNCTION",
    ],
    ["no certificate for a server", { use: "inbound" }, "SEC_E_NO_CREDENTIALS"],
    ["no certificate for both sides", { use: "both" }, "SEC_E_NO_CREDENTIALS"],
  ])("with %s is refused", (_what, wanted, code) => {
    expect(() => credentialOf(wanted)).toThrow(error(code));
  });

  it("leaves validation to the caller only if the caller's flags say so", () => {
    expect(credentialOf().manual).toBe(false);
    expect(credentialOf({ supplied: schannel() }).manual).toBe(false);
    expect(credentialOf({ supplied: schannel({ flags: ["credManualCredValidation"] }) }).manual).toBe(true);
  });

  it("is for its side only, or for both", () => {
    const sidesOf = (use: NonNullable<Wanted["use"]>) => {
      const credential = credentialOf({ use, certificate: ecCertificate });
      const works = (["client", "server"] as const).filter((side) => {
        try {
          credential.context(side, needs);
          return true;
        } catch (refused) {
          expect(refused).toMatchObject({ code: "SEC_E_NO_CREDENTIALS" });
          return false;
        }
      });
      credential.close();
      return works;
    };
    expect(sidesOf("outbound")).toEqual(["client"]);
    expect(sidesOf("inbound")).toEqual(["server"]);
    expect(sidesOf("both")).toEqual(["client", "server"]);
  });

  it("shares a TLS context between connections with the same needs, and closes all of them", () => {
    const before = live().tls;
    const credential = credentialOf({ use: "both", certificate: ecCertificate });
    const context = (side: "client" | "server", changes: object = {}) =>
      credential.context(side, { ...needs, ...changes });
    const different = [
      context("client"),
      context("server"),
      context("client", { alpn: ["h2"] }),
      context("client", { alpn: ["x"] }),
      context("server", { clientCertificates: true }),
    ];
    expect(new Set(different).size).toBe(5);
    expect(context("client")).toBe(different[0]);
    expect(context("client", { alpn: ["h2"] })).toBe(different[2]);
    expect(live().tls).toBe(before + 5);
    credential.close();
    expect(live().tls).toBe(before);
  });
});

describe("Schannel's stand-in", () => {
  it("is a host with the package Schannel, which shows itself, closes twice and gives everything back", () => {
    const host = schannelStandIn({ certificate: ecCertificate, clientCertificate, ca: rootPem });
    expect(inspect(host)).toBe("SchannelStandIn { Schannel }");
    expect(host.packages).toMatchObject([
      { name: "Schannel", maxToken: 0x6000, comment: expect.stringContaining("OpenSSL") },
    ]);
    expect(host.packages[0]?.capabilities).toEqual(
      expect.arrayContaining(["stream", "integrity", "privacy", "connection"]),
    );
    host.close();
    host.close();
    expect(inspect(host)).toBe("SchannelStandIn { closed }");
    expect(live().tls).toBe(0);
  });

  it("takes the options of a host, and no certificate at all", () => {
    const told: unknown[] = [];
    const impersonation = { begin: (token: bigint) => void told.push(token), end: () => {} };
    const host = schannelStandIn({ impersonation });
    onTestFinished(() => host.close());
    expect(host.provider.traits.impersonates).toBe(true);
    using credential = Credential.acquireSync({ package: "Schannel", use: "outbound", provider: host.provider });
    expect(credential.closed).toBe(false);
  });

  it.each<[string, object, string]>([
    ["a key that is none", { certificate: { ...ecCertificate, key: "x" } }, "certificate.key: "],
    [
      "a client's key that is none",
      { clientCertificate: { ...clientCertificate, key: "x" } },
      "clientCertificate.key: ",
    ],
    ["a client's key of no type", { clientCertificate: { ...clientCertificate, key: 5 } }, "clientCertificate.key: "],
    ["roots that are none", { ca: "x" }, "ca: expected"],
    ["an option that it does not have", { cert: "x" }, "options: there is no option with this name of 4 characters"],
    ["a watchdog of no time", { watchdog: 0 }, "watchdog: expected milliseconds, got 0"],
  ])("refuses %s when it is made, and keeps nothing", (_what, options, message) => {
    expect(() => schannelStandIn(options as never)).toThrow(message);
    expect(live().tls).toBe(0);
  });

  it.each([
    [ecCertificate, clientCertificate],
    [clientCertificate, ecCertificate],
  ])("refuses a certificate with the key of another one when it is made", (one, other) => {
    const mixed = { cert: one.cert, key: other.key };
    expect(() => schannelStandIn({ certificate: mixed })).toThrow();
    expect(() => schannelStandIn({ clientCertificate: mixed })).toThrow();
    expect(live().tls).toBe(0);
  });
});
