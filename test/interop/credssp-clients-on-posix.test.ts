import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { askForCredssp } from "../../examples/rdp-prologue.ts";
import { realmName } from "../../scripts/lab/accounts.ts";
import { ClientContext, Credential } from "../../src/index.ts";
import { ecCertificate, rsaCertificate, rsaPfx } from "../fixtures/tls-certificates.ts";
import { needs, needsOnDemand } from "../lab/needs.ts";
import { gssapi } from "../live/kerberos-providers.ts";
import { logOnByHand } from "./credssp-by-hand.ts";
import { type CredsspDoor, doors, type ServerSettings } from "./credssp-doors.ts";
import { type CredsspLogon, logons } from "./credssp-logons.ts";
import { impacket, rdesktop, refusedLogon, xfreerdp } from "./rdp-clients.ts";
import { RdpServer } from "./rdp-server.ts";

const alice = { user: "alice", password: "userpw" };
const pfxCertificate = { pfx: rsaPfx, passphrase: Buffer.from("pfx-passphrase") };
const ntlm = logons.filter(({ kerberos }) => !kerberos);
const [firstNtlm] = ntlm as [CredsspLogon];
const newestNtlm = ntlm.at(-1) as CredsspLogon;

interface Visitor {
  readonly name: string | undefined;
  readonly delegated: { readonly user: string; readonly domain: string; readonly password: string };
  readonly matches: boolean | undefined;
  /** The first message behind CredSSP, as far as the client got. */
  readonly said: Buffer;
}

/** The facts that our server knows of a client that it admitted. */
async function visit(door: CredsspDoor, socket: Socket, settings: ServerSettings): Promise<Visitor> {
  await using accepted = await door.accept(socket, settings);
  const { stream, name, delegated, matches } = accepted;
  const first = once(stream, "data") as Promise<[Buffer]>;
  const [said] = await Promise.race([first, once(stream, "close").then((): [Buffer] => [Buffer.alloc(0)])]);
  return { name, delegated, matches, said };
}

function listen(door: CredsspDoor, settings: ServerSettings): Promise<RdpServer<Visitor>> {
  return RdpServer.listen((socket) => visit(door, socket, settings));
}

function settingsOf({ inner, innerProvider, server }: CredsspLogon, more: Partial<ServerSettings> = {}) {
  return { certificate: rsaCertificate, inner, innerProvider, ...server, ...more };
}

/** The next message of every client of remote desktops: a packet of X.224 with MCS' Connect-Initial. */
const isConnectInitial = (said: Buffer): boolean => said.subarray(4, 9).toString("hex") === "02f0807f65";

describe.each(doors)("xfreerdp and a server by $label", (door) => {
  describe.each([2, 3] as const)("xfreerdp %i", (version) => {
    const freerdp = needsOnDemand(`freerdp${version}`);
    const client = () => ({ version, display: freerdp().display });

    it.each([
      ["rsa in a PFX", "tls1.2", pfxCertificate, firstNtlm],
      ["rsa", "tls1.3", rsaCertificate, newestNtlm],
      ["ec", "tls1.2", ecCertificate, newestNtlm],
      ["ec", "tls1.3", ecCertificate, firstNtlm],
    ] as const)(
      "logs alice on by NTLM, %s with %s, and continues with RDP",
      async (_, protocol, certificate, logon) => {
        await using server = await listen(door, settingsOf(logon, { certificate, protocols: [protocol] }));
        const [visitor] = await Promise.all([server.first(), xfreerdp(client(), server.port, alice)]);
        expect(visitor).toMatchObject({ name: "alice", delegated: { user: "alice", password: "userpw" } });
        expect(isConnectInitial(visitor.said)).toBe(true);
      },
    );

    it("does not log alice on with a wrong password", async () => {
      await using server = await listen(door, settingsOf(firstNtlm));
      const refused = expect(server.first()).rejects.toMatchObject({ code: "SEC_E_LOGON_DENIED" });
      const { code } = await xfreerdp(client(), server.port, { ...alice, password: "wrong" });
      await refused;
      expect(code).toBe(refusedLogon);
    });
  });
});

describe.each(doors)("Kerberos and a server by $label", (door) => {
  needs("krb5kdc");
  const { provider } = gssapi();
  const kerberos = { certificate: rsaCertificate, inner: "Negotiate", innerProvider: provider };
  const aliceOfRealm = { ...alice, domain: realmName };

  describe("xfreerdp 3", () => {
    const freerdp = needsOnDemand("freerdp3");
    const client = () => ({ version: 3, display: freerdp().display }) as const;

    it("logs alice of the realm on, and continues with RDP", async () => {
      await using server = await listen(door, kerberos);
      const run = xfreerdp(client(), server.port, aliceOfRealm);
      const [visitor] = await Promise.all([server.first(), run]);
      expect(visitor).toMatchObject({ name: `alice@${realmName}`, delegated: aliceOfRealm });
      expect(visitor.matches).not.toBe(false);
      expect(isConnectInitial(visitor.said)).toBe(true);
    });
  });

  describe("rdesktop", () => {
    const display = needsOnDemand("rdesktop");

    // Its messages come from MIT's gss_wrap, which rotates none of them; WinPR expects the token in front.
    it.each(logons.filter((logon) => logon.kerberos))(
      "D6: logs alice on where version 2 is accepted by name, with $label inside",
      async ({ innerProvider }) => {
        await using server = await listen(door, { ...kerberos, innerProvider, minimumVersion: 2 });
        const run = rdesktop(display(), server.port, aliceOfRealm);
        const [visitor] = await Promise.all([server.first(), run]);
        const named = innerProvider.kind === "gssapi";
        expect(visitor).toMatchObject({ name: named ? `alice@${realmName}` : undefined, delegated: aliceOfRealm });
        expect(visitor.matches).not.toBe(!named);
      },
    );

    it("is refused with version 2 where the server does not accept that version by name", async () => {
      await using server = await listen(door, kerberos);
      const refused = expect(server.first()).rejects.toMatchObject({ code: "SEC_E_UNSUPPORTED_FUNCTION" });
      const { code } = await rdesktop(display(), server.port, aliceOfRealm, 5);
      await refused;
      expect(code).not.toBe(0);
    });
  });
});

describe.each(doors)("impacket and a server by $label", (door) => {
  needsOnDemand("impacket");

  it("logs alice on where version 2 is accepted by name", async () => {
    await using server = await listen(door, settingsOf(firstNtlm, { minimumVersion: 2 }));
    const [visitor, { output }] = await Promise.all([server.first(), impacket(server.port, alice)]);
    expect(visitor).toMatchObject({ name: "alice", delegated: { user: "alice", password: "userpw" } });
    expect(output).toContain("Access Granted");
  });

  it.each([
    ["with version 2 elsewhere", alice, {}, "SEC_E_UNSUPPORTED_FUNCTION"],
    ["with a wrong password", { ...alice, password: "wrong" }, { minimumVersion: 2 }, "SEC_E_LOGON_DENIED"],
  ] as const)("does not get in %s", async (_, who, more, code) => {
    await using server = await listen(door, settingsOf(firstNtlm, more));
    const refused = expect(server.first()).rejects.toMatchObject({ code });
    const { output } = await impacket(server.port, who);
    await refused;
    expect(output).not.toContain("Access Granted");
  });
});

describe.each(
  doors.flatMap((door) => logons.map((logon) => ({ door, logon, title: `${door.label}, ${logon.label}` }))),
)("alice, who delegates bob, and a server by $title", ({ door, logon }) => {
  if (logon.kerberos) needs("krb5kdc");

  it("is named as alice, and does not match the user that she delegates", async () => {
    // WinPR 3's Negotiate begins with user-to-user Kerberos, which no server here accepts.
    const inner = logon.label === "Kerberos of WinPR 3" ? "Kerberos" : logon.inner;
    await using server = await listen(door, settingsOf(logon, { inner }));
    const socket = connect(server.port, "127.0.0.1");
    await askForCredssp(socket);
    using credential = Credential.acquireSync({
      package: inner,
      use: "outbound",
      provider: logon.innerProvider,
      identity: { domain: "", ...logon.alice },
    });
    using context = new ClientContext(credential, {
      target: "TERMSRV/localhost",
      request: ["mutualAuth", "confidentiality", "integrity", "sequenceDetect", "replayDetect"],
    });
    const bob = { domain: logon.alice.domain ?? "", user: "bob", password: "bobpw" };
    const secure = await logOnByHand(socket, context, bob);
    secure.end("hello");
    const visitor = await server.first();
    const known = !logon.kerberos || logon.innerProvider.kind === "gssapi";
    const name = logon.kerberos ? `alice@${realmName}` : "alice";
    expect(visitor).toMatchObject({ name: known ? name : undefined, delegated: bob, said: Buffer.from("hello") });
    expect(visitor.matches).not.toBe(true);
  });
});
