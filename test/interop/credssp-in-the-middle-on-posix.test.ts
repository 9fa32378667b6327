import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { askForCredssp } from "../../examples/rdp-prologue.ts";
import { elsewhereCertificate, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { type ClientSettings, doors, failureOf } from "./credssp-doors.ts";
import { logons } from "./credssp-logons.ts";
import { speaksRdp } from "./mcs-connect.ts";
import { refusedLogon, xfreerdp } from "./rdp-clients.ts";
import { RdpRelay } from "./rdp-relay.ts";
import { RdpServer } from "./rdp-server.ts";

const target = "TERMSRV/localhost";
const alice = { user: "alice", password: "userpw" };
/** The messages of CredSSP that a client sends before a server has proved that it has the certificate's key. */
const beforeThePassword = ["negoTokens", "pubKeyAuth", "clientNonce"];

/** The failure of a client behind a relay. */
async function failureBehind(relay: RdpRelay, door: (typeof doors)[number], settings: ClientSettings) {
  const socket = connect(relay.port, "127.0.0.1");
  await once(socket, "connect");
  await askForCredssp(socket);
  return await failureOf(door.connect(socket, settings));
}

const versions = [2, 3] as const;
const cases = doors.flatMap((door) =>
  versions.flatMap((version) =>
    logons
      .filter(({ kerberos }) => version === 3 || !kerberos)
      .map((logon) => ({ door, version, logon, title: `${door.label} with ${logon.label}` })),
  ),
);

describe.each(cases)("an attacker between $title and FreeRDP $version's server", ({ door, version, logon }) => {
  if (logon.kerberos) freshTickets();
  const freerdp = needsOnDemand(`freerdp${version}`);
  const { inner, innerProvider, alice: identity } = logon;
  const settings = { target, delegate: [target], inner, innerProvider, identity };

  it("gets no password with a key of his own, even where NTLM is allowed", async () => {
    await using relay = await RdpRelay.listen(freerdp().rsa.port, elsewhereCertificate);
    const failure = await failureBehind(relay, door, { ...settings, allowNtlmTo: [target] });
    // FreeRDP's server checks the key first, and hangs up.
    expect(["SSPI_TRUNCATED", "ECONNRESET", "SEC_E_MESSAGE_ALTERED", "SEC_E_LOGON_DENIED"]).toContain(failure.code);
    expect(relay.clientFields).toContain("pubKeyAuth");
    expect(beforeThePassword).toEqual(expect.arrayContaining([...relay.clientFields]));
  });

  it("would see the sealed password if he had the server's key", async () => {
    const { port, certificate, key } = freerdp().rsa;
    await using relay = await RdpRelay.listen(port, { cert: certificate, key });
    const socket = connect(relay.port, "127.0.0.1");
    await askForCredssp(socket);
    await using connected = await door.connect(socket, { ...settings, ca: certificate });
    expect(await speaksRdp(connected.stream)).toBe(true);
    expect(relay.clientFields).toContain("authInfo");
  });

  if (logon.kerberos)
    it("with a key of his own gets no password where Kerberos has to prove the server", async () => {
      await using relay = await RdpRelay.listen(freerdp().rsa.port, elsewhereCertificate);
      await failureBehind(relay, door, settings);
      expect(beforeThePassword).toEqual(expect.arrayContaining([...relay.clientFields]));
    });
  else
    it("with a key of his own receives no message of NTLM", async () => {
      await using relay = await RdpRelay.listen(freerdp().rsa.port, elsewhereCertificate);
      const failure = await failureBehind(relay, door, settings);
      expect(failure).toMatchObject({ code: "SEC_E_POLICY_NLTM_ONLY" });
      expect(relay.clientFields).toEqual([]);
    });

  it("with a key of his own receives nothing where the certificate is pinned", async () => {
    const { port, certificate } = freerdp().rsa;
    await using relay = await RdpRelay.listen(port, elsewhereCertificate);
    const pin = new X509Certificate(certificate).fingerprint256;
    const failure = await failureBehind(relay, door, { ...settings, certificate: pin });
    expect(failure).toMatchObject({ code: "SEC_E_CERT_UNKNOWN" });
    expect(relay.clientFields).toEqual([]);
  });

  it("sees not one byte of TLS where the target is not among those that get the password", async () => {
    await using relay = await RdpRelay.listen(freerdp().rsa.port);
    const failure = await failureBehind(relay, door, { ...settings, delegate: ["TERMSRV/*.corp.example"] });
    expect(failure).toMatchObject({ code: "SEC_E_DELEGATION_POLICY" });
    expect(failure.message).toMatch(/hands the user's password to the server/);
    // The test itself sent the first message of RDP.
    expect(Buffer.concat(relay.fromClient)).toHaveLength(19);
  });
});

describe.each(doors)("an attacker between xfreerdp and a server by $label", (door) => {
  const [logon] = logons.filter(({ kerberos }) => !kerberos);
  describe.each([2, 3] as const)("xfreerdp %i", (version) => {
    const freerdp = needsOnDemand(`freerdp${version}`);

    it("with a key of his own gets no password", async () => {
      const { inner = "", innerProvider, server } = logon ?? {};
      await using house = await RdpServer.listen(async (socket) => {
        const settings = { certificate: rsaCertificate, inner, ...server };
        await using accepted = await door.accept(socket, { ...settings, ...(innerProvider && { innerProvider }) });
        return accepted.name;
      });
      await using relay = await RdpRelay.listen(house.port, elsewhereCertificate);
      const refused = expect(house.first()).rejects.toMatchObject({ code: "SEC_E_MESSAGE_ALTERED" });
      const { code } = await xfreerdp({ version, display: freerdp().display }, relay.port, alice);
      await refused;
      expect(code).toBe(refusedLogon);
      expect(relay.clientFields).toContain("pubKeyAuth");
      expect(beforeThePassword).toEqual(expect.arrayContaining([...relay.clientFields]));
    });
  });
});
