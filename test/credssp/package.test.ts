import { X509Certificate } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeCredentials } from "../../src/credssp/ts-credentials.ts";
import { CredsspError, type CredsspHost, credsspHost } from "../../src/credssp.ts";
import { ClientContext, Credential, type CredsspOptions, type Leg, ServerContext } from "../../src/index.ts";
import { ecCertificate, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { thrownBy } from "../thrown-by.ts";
import { alice, credssp, ends, shake, target } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";

const protocols = ["tls1.2", "tls1.3"] as const;
const inner = ["NTLM", "Kerberos"] as const;
const certificates = { RSA: rsaCertificate, EC: ecCertificate } as const;

describe.each(protocols)("the package CREDSSP over %s", (protocol) => {
  it.each(inner)("logs on by %s, delegates, and seals what follows both ways", (name) => {
    const host = credssp({ inner: name, protocols: [protocol] });
    using pair = ends(host);
    shake(pair);
    const { client, server } = pair;
    expect(server.decryptStream(client.encrypt(Buffer.from("to the server")))).toMatchObject({
      status: "data",
      data: Buffer.from("to the server"),
    });
    expect(client.decryptStream(server.encrypt(Buffer.from("to the client")))).toMatchObject({
      status: "data",
      data: Buffer.from("to the client"),
    });
    expect(server.decryptStream(client.shutdownSync()).status).toBe("closed");
  });

  it.each(Object.entries(certificates))("binds to a key of %s", (_, certificate) => {
    using pair = ends(credssp({ server: { certificate }, protocols: [protocol] }));
    shake(pair);
    expect(pair.client.query("remoteCertificate")).toEqual(new Uint8Array(new X509Certificate(certificate.cert).raw));
  });

  it("also logs on when the peer's flights arrive in single bytes", { timeout: 60_000 }, () => {
    const host = credssp({ protocols: [protocol] });
    using pair = ends(host);
    const { client, server } = pair;
    let flight = client.stepSync().token as Buffer;
    for (let side: "client" | "server" = "server"; flight.length > 0; side = side === "server" ? "client" : "server") {
      const made: Buffer[] = [];
      const context = side === "server" ? server : client;
      for (const byte of flight) {
        const leg = context.stepSync(Buffer.of(byte));
        if (leg.token) made.push(leg.token);
      }
      flight = Buffer.concat(made);
    }
    expect([client.complete, server.complete]).toEqual([true, true]);
  });
});

describe.each([
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 6],
  [6, 5],
  [6, 6],
  [6, 2],
] as const)("a client of version %i and a server of version %i", (one, other) => {
  it("complete an exchange where both allow it", () => {
    const client = credssp({ version: one, minimumVersion: 2 });
    const server = credssp({ version: other, minimumVersion: 2 });
    using pair = ends(client, server);
    shake(pair);
    expect(pair.server.peer().account).toBe("alice");
  });
});

describe("tokens of the package CREDSSP over TLS 1.2", () => {
  it.each(inner)("alternate with %s inside, one for each leg and none of them empty, as WinRM demands", (name) => {
    using pair = ends(credssp({ inner: name, protocols: ["tls1.2"] }));
    const { client, server } = pair;
    let leg: Leg = client.stepSync();
    for (let side: "server" | "client" = "server"; !server.complete; side = side === "server" ? "client" : "server") {
      expect(leg.token?.length).toBeGreaterThan(0);
      leg = (side === "server" ? server : client).stepSync(leg.token as Buffer);
      expect(leg).not.toHaveProperty("extra");
    }
    expect([client.complete, leg.token ?? Buffer.alloc(0)]).toEqual([true, Buffer.alloc(0)]);
  });
});

describe("attributes of the package CREDSSP", () => {
  it("tell the server who logged on, what was delegated, and how", () => {
    using pair = ends(credssp());
    shake(pair);
    const { server } = pair;
    expect(server.query("names").sUserName).toBe("EXAMPLE.TEST\\alice");
    expect(server.peer()).toEqual({
      name: "EXAMPLE.TEST\\alice",
      account: "alice",
      domain: "EXAMPLE.TEST",
      package: "CREDSSP",
    });
    const { AuthBuffer, AuthBufferLen } = server.query("clientCredentials");
    expect(AuthBufferLen).toBe(AuthBuffer.length);
    const delegated = decodeCredentials(AuthBuffer);
    expect({ ...delegated, password: Buffer.from(delegated.password).toString("utf16le") }).toEqual({ ...alice });
    expect(server.query("negotiationPackage").PackageInfo).toMatchObject({ Name: "NTLM", cbMaxToken: 4096 });
    expect(server.query("connectionInfo").dwCipherStrength).toBeGreaterThanOrEqual(128);
    expect(server.query("streamSizes")).toMatchObject({ cbMaximumMessage: 16_384, cBuffers: 4 });
    expect(thrownBy(() => server.query("remoteCertificate")).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    expect(thrownBy(() => server.query("certTrustStatus")).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
  });

  it("tell the client which certificate the server had, and what is wrong with its chain", () => {
    using trusted = ends(credssp());
    shake(trusted);
    expect(trusted.client.query("certTrustStatus")).toEqual({ dwErrorStatus: 0, dwInfoStatus: 0 });
    expect(trusted.client.query("negotiationPackage").PackageInfo?.Name).toBe("NTLM");
    expect(thrownBy(() => trusted.client.query("clientCredentials")).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    using other = ends(credssp({ ca: rsaCertificate.cert, allowNtlmTo: [target] }));
    shake(other);
    // CERT_TRUST_IS_PARTIAL_CHAIN
    expect(other.client.query("certTrustStatus").dwErrorStatus).toBe(0x10000);
  });

  it("have no access token, no impersonation and no export: SEC_E_UNSUPPORTED_FUNCTION", () => {
    using pair = ends(credssp());
    shake(pair);
    const { server } = pair;
    expect(thrownBy(() => server.accessToken()).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    expect(thrownBy(() => server.query("clientAccessToken")).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    expect(thrownBy(() => server.export()).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
  });
});

describe("credentials of the package CREDSSP", () => {
  const acquire = (host: CredsspHost, use: "inbound" | "outbound", credssp?: CredsspOptions): Credential =>
    Credential.acquireSync({ package: "CREDSSP", use, provider: host.provider, ...(credssp && { credssp }) });

  it.each([
    ["a server without a certificate", {}, "inbound", undefined, "SEC_E_NO_CREDENTIALS"],
    ["a client without a password", {}, "outbound", undefined, "SEC_E_NO_CREDENTIALS"],
    [
      "a name and password that are packed",
      {},
      "outbound",
      { submitType: "submitBufferBoth", spnego: Buffer.of(1) },
      "SEC_E_UNKNOWN_CREDENTIALS",
    ],
    ["credentials that stay here", {}, "outbound", { spnego: alice, flags: ["redirect"] }, "SEC_E_UNKNOWN_CREDENTIALS"],
    [
      "a server that nobody judges",
      {},
      "outbound",
      { spnego: alice, schannel: { flags: ["credManualCredValidation"] } },
      "SEC_E_UNSUPPORTED_FUNCTION",
    ],
  ] as const)("are refused for %s", (_, options, use, given, code) => {
    const host = credsspHost({ inner: "NTLM", innerProvider: innerPackages(), ...options });
    onTestFinished(() => host.close());
    expect(thrownBy(() => acquire(host, use, given)).code).toBe(code);
  });

  it("say why the logon inside cannot be prepared", () => {
    const host = credssp({ inner: "NoSuch" });
    const { code, cause } = thrownBy(() => acquire(host, "inbound"));
    expect(code).toBe("SEC_E_SECPKG_NOT_FOUND");
    const { cause: own } = cause as Error;
    expect(own).toBeInstanceOf(CredsspError);
    expect((own as Error).message).toContain("CredSSP: the logon inside");
  });

  it.each([
    [{ inner: "" }, "inner: expected a name"],
    [{ version: 7 }, "version: expected an integer from 0 to 6"],
    [{ minimumVersion: 1 }, "minimumVersion: expected a version from 2 to 6, got 1"],
    [{ version: 4 }, "version: expected at least minimumVersion (5), got 4"],
    [{ delegate: "TERMSRV/a" as never }, "delegate: expected an array of targets, got a string of 9 characters"],
    [{ delegate: ["*"] }, 'delegate[0]: expected a target such as "TERMSRV/host.example"'],
    [{ allowNtlmTo: ["TERMSRV/*.10.0.0.1"] }, "allowNtlmTo[0]: an address has no subdomains"],
    [{ certificate: "00" }, "certificate: expected a SHA-256 of 64 hexadecimal digits"],
    [{ server: { certificate: { cert: "x", key: "y" } } }, "server.certificate.cert: expected a certificate in PEM"],
    [{ server: { certificate: { pfx: Buffer.of(1) } } }, "server.certificate.pfx: "],
    [{ server: { certificate: { cert: "x" } as never } }, "server.certificate.key: expected"],
    [{ server: { certificate: { pfx: "x" } as never } }, "server.certificate.pfx: expected"],
    [
      { server: { certificate: { pfx: Buffer.of(1), cert: "x" } as never } },
      "server.certificate: expected { cert, key } or { pfx }, got both",
    ],
    [{ protocols: null as never }, "protocols: expected an array of names, got null"],
    [{ protocols: [] }, "protocols: expected at least one name, got none"],
    [{ innerProvider: null as never }, "innerProvider: expected a provider"],
    [{ samFile: "x" } as never, "options: there is no option with this name of 7 characters"],
  ])("are refused for wrong options: %j", (options, message) => {
    expect(() => credsspHost(options)).toThrow(message);
  });

  it("refuse request flags that would have no effect: SEC_E_UNSUPPORTED_FUNCTION", () => {
    const host = credssp();
    using outbound = acquire(host, "outbound", { spnego: alice });
    using inbound = acquire(host, "inbound");
    using client = new ClientContext(outbound, { target, request: ["promptForCreds"] });
    using server = new ServerContext(inbound, { request: ["delegate"] });
    expect(thrownBy(() => client.stepSync()).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    expect(thrownBy(() => server.stepSync(Buffer.from("160301", "hex"))).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
  });
});
