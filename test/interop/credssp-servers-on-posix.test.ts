import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { askForCredssp } from "../../examples/rdp-prologue.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { type ClientSettings, doors, failureOf } from "./credssp-doors.ts";
import { type CredsspLogon, logons } from "./credssp-logons.ts";
import { speaksRdp } from "./mcs-connect.ts";
import { RdpRelay } from "./rdp-relay.ts";

const target = "TERMSRV/localhost";

/** A connection to a server that has agreed on CredSSP. */
async function dial({ port }: { readonly port: number }): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  await askForCredssp(socket);
  return socket;
}

function settings({ inner, innerProvider, alice }: CredsspLogon, more: Partial<ClientSettings> = {}): ClientSettings {
  return { target, delegate: [target], inner, innerProvider, identity: alice, ...more };
}

const versions = [2, 3] as const;
const cases = doors.flatMap((door) =>
  versions.flatMap((version) =>
    // FreeRDP 2's server has no Kerberos.
    logons.filter(({ kerberos }) => version === 3 || !kerberos).map((logon) => ({ door, version, logon })),
  ),
);

describe.each(cases.map((one) => ({ ...one, title: `${one.door.label} with ${one.logon.label}` })))(
  "$title and FreeRDP $version's server",
  ({ door, version, logon }) => {
    if (logon.kerberos) freshTickets();
    const freerdp = needsOnDemand(`freerdp${version}`);

    it.each([
      ["rsa", "tls1.2"],
      ["rsa", "tls1.3"],
      ["ec", "tls1.2"],
      ["ec", "tls1.3"],
    ] as const)("log alice on by a certificate that is trusted, %s with %s: RDP continues", async (kind, protocol) => {
      const desktop = freerdp()[kind];
      const options = settings(logon, { ca: desktop.certificate, protocols: [protocol] });
      await using connected = await door.connect(await dial(desktop), options);
      expect(await speaksRdp(connected.stream)).toBe(true);
    });

    // Where the user has tickets, WinPR 3 ignores the password that it receives.
    if (logon.label !== "Kerberos of WinPR 3")
      it("do not log her on with a wrong password, by a server that says so or one that hangs up", async () => {
        const { rsa } = freerdp();
        const identity = { ...logon.alice, password: "wrong" };
        const options = settings(logon, { identity, ca: rsa.certificate });
        const failure = await failureOf(door.connect(await dial(rsa), options));
        if (version === 2) expect(["SSPI_TRUNCATED", "SEC_E_INVALID_TOKEN"]).toContain(failure.code);
        else expect(failure).toMatchObject({ code: "SEC_E_LOGON_DENIED" });
        // The KDC refuses the client of Kerberos.
        expect(failure.errorCode).toBe(version === 3 && !logon.kerberos ? 0xc007_00ea : undefined);
      });
  },
);

describe.each(doors)("$label and versions of CredSSP", (door) => {
  const [logon] = logons.filter(({ kerberos }) => !kerberos) as [CredsspLogon];

  describe("FreeRDP 2's server", () => {
    const freerdp = needsOnDemand("freerdp2");

    it.each([2, 3, 4, 5, 6])("speaks version %i with a client that announces no other", async (version) => {
      const { rsa } = freerdp();
      const options = settings(logon, { ca: rsa.certificate, version, minimumVersion: Math.min(version, 5) });
      await using connected = await door.connect(await dial(rsa), options);
      expect(await speaksRdp(connected.stream)).toBe(true);
    });
  });

  describe("FreeRDP 3's server", () => {
    const freerdp = needsOnDemand("freerdp3");

    it.each([5, 6])("speaks version %i with a client that announces no other", async (version) => {
      const { rsa } = freerdp();
      const options = settings(logon, { ca: rsa.certificate, version });
      await using connected = await door.connect(await dial(rsa), options);
      expect(await speaksRdp(connected.stream)).toBe(true);
    });

    // It seals zeros in place of the key, which proves nothing.
    it.each([2, 3, 4])("proves no key with version %i, and gets no password", async (version) => {
      const { rsa } = freerdp();
      await using relay = await RdpRelay.listen(rsa.port, { cert: rsa.certificate, key: rsa.key });
      const options = settings(logon, { ca: rsa.certificate, version, minimumVersion: version });
      const failure = await failureOf(door.connect(await dial(relay), options));
      expect(failure).toMatchObject({ code: "SEC_E_MESSAGE_ALTERED" });
      expect(relay.serverFields).toContain("pubKeyAuth");
      expect(relay.clientFields).not.toContain("authInfo");
    });
  });
});

describe.each(doors)("$label and a certificate that is not trusted", (door) => {
  const [logon] = logons.filter(({ kerberos }) => !kerberos) as [CredsspLogon];
  const freerdp = needsOnDemand("freerdp3");

  it.each([
    ["where its SHA-256 is the one that is pinned", (pem: string) => new X509Certificate(pem).fingerprint256],
    [
      "where whoever is asked knows its bytes",
      (pem: string) => (der: Buffer) => der.equals(new X509Certificate(pem).raw),
    ],
  ] as const)("log on by NTLM %s", async (_, pin) => {
    const { rsa } = freerdp();
    const options = settings(logon, { certificate: pin(rsa.certificate) });
    await using connected = await door.connect(await dial(rsa), options);
    expect(await speaksRdp(connected.stream)).toBe(true);
  });

  it("log on by NTLM where the caller accepts that for the target", async () => {
    const options = settings(logon, { allowNtlmTo: [target] });
    await using connected = await door.connect(await dial(freerdp().rsa), options);
    expect(await speaksRdp(connected.stream)).toBe(true);
  });

  it("do not log on by NTLM to other targets", async () => {
    const failure = await failureOf(door.connect(await dial(freerdp().rsa), settings(logon)));
    expect(failure).toMatchObject({ code: "SEC_E_POLICY_NLTM_ONLY" });
  });
});

describe.each(doors)("$label and a certificate that is not trusted, with Kerberos of GSSAPI", (door) => {
  freshTickets();
  const freerdp = needsOnDemand("freerdp3");
  const logon = logons.find(({ innerProvider }) => innerProvider.kind === "gssapi");

  it("log on, since Kerberos proves the server, and CredSSP its key", async () => {
    if (!logon) throw new Error("this system has no GSSAPI");
    await using connected = await door.connect(await dial(freerdp().rsa), settings(logon));
    expect(await speaksRdp(connected.stream)).toBe(true);
  });
});
