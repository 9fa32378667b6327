import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { innerPackageFor } from "../../src/credssp/inner-package.ts";
import type { CredsspHostOptions } from "../../src/credssp.ts";
import type { SecurityProvider, SspiError } from "../../src/index.ts";
import { ecCertificate, rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { thrownBy } from "../thrown-by.ts";
import { alice, clientOf, credssp, ends, type Side, shake, target } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";

/** A provider of the inner packages that reports this for Negotiate. */
function preferring(prefersNegotiate: boolean): SecurityProvider {
  const provider = innerPackages();
  return { ...provider, traits: { ...provider.traits, prefersNegotiate } };
}

const fingerprint = new X509Certificate(ecCertificate.cert).fingerprint256;
/** Options with which the server's certificate is not trusted. */
const untrusted = { ca: rsaCertificate.cert } as const;

interface Attempt {
  readonly error: SspiError;
  /** The number of flights that each side sent. */
  readonly flights: Readonly<Record<Side, number>>;
}

/** A handshake that fails on the client's side. */
function refused(options: CredsspHostOptions, serverInner = options.inner ?? "NTLM", named = target): Attempt {
  const flights = { client: 0, server: 0 };
  const server = credssp({
    inner: serverInner,
    ...(options.innerProvider && { innerProvider: options.innerProvider }),
  });
  const client = credssp({ ...options, innerProvider: options.innerProvider ?? server.provider });
  using pair = ends(client, server, { target: named });
  const error = thrownBy(() =>
    shake(pair, (flight, from) => {
      flights[from] += 1;
      return flight;
    }),
  );
  return { error, flights };
}

function accepted(options: CredsspHostOptions): void {
  using pair = ends(credssp(options));
  shake(pair);
  expect(pair.server.peer().account).toBe("alice");
}

describe("the server that a client hands its password to", () => {
  it.each([
    ["not named", { delegate: [] }, target],
    ["of another service", { delegate: ["HTTP/localhost"] }, target],
    ["on another host", { delegate: ["TERMSRV/other"] }, target],
    ["the domain itself, where its hosts are named", { delegate: ["TERMSRV/*.localhost"] }, target],
    ["on another port", { delegate: ["TERMSRV/localhost:3389"] }, target],
    ["no name of a service", { delegate: ["TERMSRV/localhost"] }, "localhost"],
    ["a pattern itself", { delegate: ["TERMSRV/*.localhost"] }, "TERMSRV/*.localhost"],
  ])("N9: a target that is %s gets nothing, not a byte: SEC_E_DELEGATION_POLICY", (_, options, named) => {
    const host = credssp(options);
    using client = clientOf(host, { target: named });
    const error = thrownBy(() => client.stepSync());
    expect([error.code, error.token]).toEqual(["SEC_E_DELEGATION_POLICY", undefined]);
    const { cause } = error.cause as Error;
    expect((cause as Error).message).toContain("hands the user's password to the server");
  });

  it.each([
    ["TERMSRV/localhost", target],
    ["termsrv/LOCALHOST", target],
    ["TERMSRV/*.example", "TERMSRV/host.corp.example"],
    ["TERMSRV/127.0.0.1", "TERMSRV/127.0.0.1"],
    ["HTTP/localhost:5985", "http/localhost:5985"],
  ])("is given by %s: %s", (pattern, named) => {
    using client = clientOf(credssp({ delegate: [pattern] }), { target: named });
    expect(client.stepSync().status).toBe("continue");
  });
});

describe("a client that checks whether it trusts the server", () => {
  it("continues by NTLM where chain and name are right", () => accepted({ ca: rootPem }));

  it("N9: refuses an untrusted certificate with NTLM inside, before any leg: SEC_E_POLICY_NLTM_ONLY", () => {
    const { error, flights } = refused(untrusted);
    expect(error.code).toBe("SEC_E_POLICY_NLTM_ONLY");
    // The two flights of TLS: no message of CredSSP.
    expect(flights.client).toBeLessThanOrEqual(2);
  });

  it("N9: refuses a trusted certificate of another server with NTLM inside: SEC_E_POLICY_NLTM_ONLY", () => {
    const named = "TERMSRV/other.example";
    expect(refused({ delegate: [named] }, "NTLM", named).error.code).toBe("SEC_E_POLICY_NLTM_ONLY");
  });

  it("continues by Kerberos, which proves the key, where the certificate is not trusted", () =>
    accepted({ ...untrusted, inner: "Kerberos" }));

  it("N9: refuses Kerberos without mutual authentication where the certificate is untrusted: SEC_E_MUTUAL_AUTH_FAILED", () => {
    const faults = { granted: ["confidentiality", "integrity"] };
    using pair = ends(credssp({ ...untrusted, inner: "Kerberos", faults }));
    expect(thrownBy(() => shake(pair)).code).toBe("SEC_E_MUTUAL_AUTH_FAILED");
  });

  it("continues by NTLM where the caller allows it for the target", () =>
    accepted({ ...untrusted, allowNtlmTo: [target] }));

  it("N9: refuses NTLM where the caller allows it for another target: SEC_E_POLICY_NLTM_ONLY", () => {
    expect(refused({ ...untrusted, allowNtlmTo: ["TERMSRV/other"] }).error.code).toBe("SEC_E_POLICY_NLTM_ONLY");
  });

  it.each([
    ["a trusted certificate", {}, true],
    ["a certificate that is named", { ...untrusted, certificate: fingerprint }, true],
    ["Kerberos", { ...untrusted, inner: "Kerberos" }, true],
    ["nothing, where NTLM is allowed nevertheless", { ...untrusted, allowNtlmTo: [target] }, false],
  ] as const)("reports mutualAuth where the server is proved by %s", (_, options, proved) => {
    using pair = ends(credssp(options));
    shake(pair);
    expect(pair.client.hasFlag("mutualAuth")).toBe(proved);
  });

  it.each([
    ["its SHA-256", fingerprint],
    ["its SHA-256 without colons, in lower case", fingerprint.replaceAll(":", "").toLowerCase()],
    ["a function", (der: Buffer) => new X509Certificate(der).fingerprint256 === fingerprint],
  ])("continues with a certificate that is named by %s", (_, certificate) => accepted({ ...untrusted, certificate }));

  it.each([
    ["another SHA-256", "00".repeat(32)],
    ["a function that says no", () => false],
  ])("N9: refuses every certificate except the one that is named, by %s: SEC_E_CERT_UNKNOWN", (_, certificate) => {
    for (const inner of ["NTLM", "Kerberos"])
      expect(refused({ certificate, inner }).error.code).toBe("SEC_E_CERT_UNKNOWN");
  });

  it("N9: fails where a function answers neither true nor false", () => {
    const certificate = (async () => true) as never;
    expect(refused({ certificate }).error.code).toBe("SEC_E_INTERNAL_ERROR");
  });
});

describe("the logon inside", () => {
  const failure = (options: Parameters<typeof credssp>[0], identity = alice) => {
    const host = credssp(options);
    using pair = ends(host, host, { identity });
    return thrownBy(() => shake(pair));
  };

  it("N8: is refused without confidentiality", () => {
    for (const inner of ["NTLM", "Kerberos"])
      expect(failure({ inner, faults: { granted: ["integrity"] } }).code).toBe("SEC_E_SECURITY_QOS_FAILED");
  });

  it("N8: is refused where the package says that it encrypts, and leaves messages readable", () => {
    expect(failure({ faults: { leavesReadable: true } }).code).toBe("SEC_E_ENCRYPT_FAILURE");
  });

  it.each(["NT AUTHORITY\\ANONYMOUS LOGON", "EXAMPLE\\guest", "two\\readings\\of it", ""])(
    "N8: of nobody, or of a guest, is refused by the server: %j",
    (peerName) => {
      expect(failure({ faults: { peerName } }).code).toBe("SEC_E_LOGON_DENIED");
    },
  );

  it("with a wrong password is refused, and the client learns it: SEC_E_LOGON_DENIED", () => {
    const host = credssp();
    using pair = ends(host, host, { identity: { ...alice, password: "wrong" } as never });
    let said: SspiError | undefined;
    const { client, server } = pair;
    let flight = client.stepSync().token as Buffer;
    for (let side: "server" | "client" = "server"; !said; side = side === "server" ? "client" : "server") {
      try {
        flight = (side === "server" ? server : client).stepSync(flight).token as Buffer;
      } catch (error) {
        said = error as SspiError;
      }
    }
    expect(said.code).toBe("SEC_E_LOGON_DENIED");
    const told = thrownBy(() => client.stepSync(said?.token as Buffer));
    expect(told.code).toBe("SEC_E_LOGON_DENIED");
    expect(((told.cause as Error).cause as { readonly errorCode: number }).errorCode).toBe(0xc000006d);
  });

  it("N8 the package that is logged on with is not known where none is named, the provider prefers none, and the identity has no domain", () => {
    const host = credssp({ inner: undefined as never, innerProvider: preferring(false) });
    using pair = ends(host, credssp(), { identity: { ...alice, domain: "" } as never });
    expect(thrownBy(() => shake(pair)).code).toBe("SEC_E_SECPKG_NOT_FOUND");
  });

  it.each([
    ["what is named", { inner: "NTLM" }, true, { domain: "EXAMPLE" }, "NTLM"],
    ["Negotiate where the provider prefers it", {}, true, { domain: "" }, "Negotiate"],
    [
      "Kerberos where the provider does not, for an identity with a domain",
      {},
      false,
      { domain: "EXAMPLE" },
      "Kerberos",
    ],
    ["Kerberos for a user with a realm likewise", {}, false, { domain: "", user: "alice@EXAMPLE.TEST" }, "Kerberos"],
    ["Negotiate for a server, whose identity is the process's", {}, false, undefined, "Negotiate"],
  ] as const)("N8 the package that is logged on with is %s", (_what, options, prefers, given, expected) => {
    const innerProvider = preferring(prefers);
    const identity = given && { user: "alice", password: "secret", ...given };
    expect(innerPackageFor({ ...options, innerProvider }, identity)).toBe(expected);
  });
});
