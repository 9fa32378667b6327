import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import {
  ClientContext,
  Credential,
  type Leg,
  packages,
  RequirementError,
  ServerContext,
  systemProvider,
} from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { system32 } from "../../src/native/library-choice.ts";
import { PackageHost } from "../../src/packages.ts";
import { wine } from "../live/kerberos-providers.ts";
import { kerberosSuite } from "../live/kerberos-suite.ts";
import { tokenOf } from "../live/ntlm.ts";
import { alice } from "../live/providers.ts";

function fileOf(dll: string): string {
  return system32(dll, process);
}

describe("kerberos.dll without secur32", () => {
  const host = new PackageHost();
  afterAll(() => {
    expect(host.diagnostics()).toMatchObject({ misdeeds: [], held: [], open: { credentials: 0, contexts: 0 } });
    host.close();
    expect(host.diagnostics().held).toEqual([]);
    expect(callbackSlots()).toBe(0);
  });
  host.load(fileOf("kerberos.dll"));

  it("is listed with the same data as by secur32", () => {
    const listed = packages(systemProvider()).find(({ name }) => name === "Kerberos");
    expect(packages(host.provider)).toEqual([{ ...listed, library: "a package host" }]);
  });

  const facts = { ...wine(), label: "kerberos.dll", provider: host.provider, negotiates: false };
  describe.each([facts])("Kerberos on $label", kerberosSuite);
});

describe("msv1_0.dll without secur32", () => {
  function ntlmHost(): PackageHost {
    const host = new PackageHost();
    onTestFinished(() => {
      host.close();
      expect(host.diagnostics()).toMatchObject({ misdeeds: [], held: [], unsupported: [] });
    });
    host.load(fileOf("msv1_0.dll"), { nullInput: true });
    return host;
  }

  /** Runs the hosted client's legs and those of secur32's server, which asks winbindd. */
  function logon(host: PackageHost, password: string): readonly Leg["status"][] {
    const { provider } = host;
    using outbound = Credential.acquireSync({
      package: "NTLM",
      use: "outbound",
      provider,
      identity: { ...alice, password },
    });
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound" });
    using client = new ClientContext(outbound, { target: "HTTP/localhost", request: ["confidentiality"] });
    using server = new ServerContext(inbound, { request: ["confidentiality"] });
    const negotiate = client.stepSync();
    const challenge = server.stepSync(tokenOf(negotiate) as Buffer);
    const authenticate = client.stepSync(tokenOf(challenge));
    const last = server.stepSync(tokenOf(authenticate) as Buffer);
    client.sign(Buffer.from("a message"));
    return [negotiate, challenge, authenticate, last].map(({ status }) => status);
  }

  it("runs the client's legs of NTLM, and secur32's server authenticates alice", () => {
    expect(logon(ntlmHost(), "userpw")).toEqual(["continue", "continue", "complete", "complete"]);
  });

  it("fails with SEC_E_LOGON_DENIED on secur32's server for a wrong password", () => {
    expect(() => logon(ntlmHost(), "wrong")).toThrow(
      expect.objectContaining({ operation: "AcceptSecurityContext", code: "SEC_E_LOGON_DENIED" }),
    );
  });

  it("can share a host with kerberos.dll", () => {
    const host = ntlmHost();
    host.load(fileOf("kerberos.dll"));
    expect(host.packages.map(({ name }) => name)).toEqual(["NTLM", "Kerberos"]);
    expect(logon(host, "userpw").at(-1)).toBe("complete");
  });

  it("throws RequirementError when it cannot meet a requirement", () => {
    const { provider } = ntlmHost();
    using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", provider, identity: alice });
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound" });
    using client = new ClientContext(outbound, { target: "x", require: ["mutualAuth"] });
    using server = new ServerContext(inbound);
    const challenge = server.stepSync(tokenOf(client.stepSync()) as Buffer);
    expect(() => client.stepSync(tokenOf(challenge))).toThrow(RequirementError);
  });
});

it.each(["ntdll.dll", "kernel32.dll", "secur32.dll"])(
  "PackageHost.load() refuses %s, which is no security package",
  (dll) => {
    using host = new PackageHost();
    expect(() => host.load(fileOf(dll))).toThrow("it is no security package: it does not export SpLsaModeInitialize");
  },
);
