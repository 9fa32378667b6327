import { describe, expect, it } from "vitest";
import { guardedServer } from "./guarded-server.ts";
import { authorization, type RawConnection, tokenOf } from "./raw-connection.ts";

const alice = "alice@EXAMPLE.TEST";
const bob = "bob@EXAMPLE.TEST";
const persistent = { persist: "connection" } as const;

/** The nonce of a handshake that has begun. */
async function begin(client: RawConnection, user: string): Promise<string> {
  return tokenOf(await client.get(`begin ${user}`))?.split(" ")[1] ?? "none";
}

describe("an authenticated connection", () => {
  it("serves its user without a token where that was asked for, and only then", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    expect((await client.get(`ticket ${alice}`)).headers["persistent-auth"]).toBe("true");
    expect(await client.get()).toMatchObject({ status: 200, body: `hello ${alice}` });
    await using careful = await guardedServer();
    const other = await careful.connect();
    expect((await other.get(`ticket ${alice}`)).status).toBe(200);
    expect((await other.get()).status).toBe(401);
  });

  it("S3 a connection that a proxy may share keeps no user, whatever persists elsewhere", async () => {
    await using server = await guardedServer(persistent);
    for (const mark of ["Via: 1.1 proxy", "Forwarded: for=10.0.0.1", "X-Forwarded-For: 10.0.0.1", "X-Real-IP: ::1"]) {
      const client = await server.connect();
      expect((await client.get(`ticket ${alice}`)).status).toBe(200);
      expect((await client.get(undefined, [mark])).status).toBe(401);
      expect((await client.get()).status).toBe(401);
      expect((await client.get(`ticket ${bob}`, [mark])).headers["persistent-auth"]).toBe("false");
      expect((await client.get()).status).toBe(401);
    }
  });

  it("S3 NTLM is refused where a proxy may share the connection, unless it is said to be pinned", async () => {
    await using server = await guardedServer({ schemes: ["NTLM"] });
    const client = await server.connect();
    expect((await client.get("ticket alice", ["Via: 1.1 proxy"], "NTLM")).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "shared-connection" }]);
    await using pinned = await guardedServer({ schemes: ["NTLM"], behindProxy: "pinned" });
    const other = await pinned.connect();
    expect((await other.get("ticket alice", ["Via: 1.1 proxy"], "NTLM")).status).toBe(200);
    expect(await other.get(undefined, ["Via: 1.1 proxy"])).toMatchObject({ status: 200, body: "hello alice" });
  });

  it("S4 a user is known only after the handshake has succeeded", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    expect((await client.get("ticket !alice")).status).toBe(401);
    expect((await client.get()).status).toBe(401);
    await begin(client, alice);
    expect((await client.get()).status).toBe(401);
    expect(server.users).toEqual([]);
  });

  it("S6 a new token ends what was known before, whether it succeeds or not", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    expect((await client.get(`ticket ${alice}`)).body).toBe(`hello ${alice}`);
    expect((await client.get(`ticket ${bob}`)).body).toBe(`hello ${bob}`);
    expect((await client.get()).body).toBe(`hello ${bob}`);
    for (const bad of ["Authorization: Negotiate !!!", "Authorization: Basic YWxpY2U6eA==", authorization("garbage")]) {
      expect((await client.get(undefined, [bad])).status).toBe(401);
      expect((await client.get()).status).toBe(401);
      expect((await client.get(`ticket ${bob}`)).status).toBe(200);
    }
    expect(() => server.users[0]?.accessToken()).toThrow("closed");
    expect(server.users[0]?.name).toBe(alice);
  });

  it("S6 a last token that is sent again is refused, and logs its sender out", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    const nonce = await begin(client, alice);
    expect((await client.get(`prove ${nonce}`)).status).toBe(200);
    expect((await client.get(`prove ${nonce}`)).status).toBe(401);
    expect((await client.get()).status).toBe(401);
  });
});

describe("a handshake that is not complete", () => {
  it("S13 a request without a token ends it, and what continues it afterwards is refused", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const nonce = await begin(client, alice);
    expect((await client.get()).status).toBe(401);
    expect((await client.get(`prove ${nonce}`)).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "interrupted" }, { reason: "refused" }]);
    expect(server.authenticator.pending).toBe(0);
  });

  it("S13 pipelined requests are judged one after the other, each by what came before it", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    for (const token of [`ticket ${alice}`, undefined, `ticket ${bob}`, undefined, "ticket !x", undefined])
      client.write("GET /", token === undefined ? [] : [authorization(token)]);
    const bodies: string[] = [];
    for (let index = 0; index < 6; index++) bodies.push((await client.read()).body);
    expect(bodies).toEqual([`hello ${alice}`, `hello ${alice}`, `hello ${bob}`, `hello ${bob}`, "", ""]);
  });

  it("S13 pipelined first tokens leave one handshake at the end, that of the last token", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    for (const user of [alice, bob, alice]) client.write("GET /", [authorization(`begin ${user}`)]);
    for (let index = 0; index < 3; index++) expect((await client.read()).status).toBe(401);
    expect(server.users).toEqual([]);
    expect(server.authenticator.pending).toBeLessThanOrEqual(1);
  });

  it("S13 more requests than an honest client pipelines are turned away while a leg is under way", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    for (let index = 0; index < 40; index++) client.write("GET /", [authorization(`ticket ${alice}`)]);
    const statuses: number[] = [];
    for (let index = 0; index < 16; index++) statuses.push((await client.read()).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await client.read()).status).toBe(503);
    expect(server.refusals[0]).toMatchObject({ reason: "too-many-waiting" });
  });

  it("S14 a handshake that is not finished in time is given up, with its connection", async () => {
    await using server = await guardedServer({ timeout: 50 });
    const client = await server.connect();
    await begin(client, alice);
    await client.untilEnded();
    expect(server.refusals).toMatchObject([{ reason: "timeout" }]);
    expect(server.authenticator.pending).toBe(0);
  });

  it("S14 the number of handshakes is limited: the oldest is dropped, and whoever needs one leg is served all the time", async () => {
    await using server = await guardedServer({ pending: 5 });
    const clients: RawConnection[] = [];
    for (let index = 0; index < 8; index++) {
      const client = await server.connect();
      clients.push(client);
      await begin(client, alice);
      expect(server.authenticator.pending).toBeLessThanOrEqual(5);
      const honest = await server.connect();
      expect((await honest.get(`ticket ${bob}`)).status).toBe(200);
    }
    await clients[0]?.untilEnded();
    expect(clients[7]?.ended).toBe(false);
    expect(new Set(server.refusals.map(({ reason }) => reason))).toEqual(new Set(["too-many-pending"]));
  });

  it("S14 a handshake that does not end after six legs is given up", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    await begin(client, alice);
    for (let leg = 2; leg <= 6; leg++) expect(tokenOf(await client.get("again"))).toBe("challenge");
    expect(tokenOf(await client.get("again"))).toBeUndefined();
    expect(server.refusals).toMatchObject([{ reason: "too-many-legs" }]);
  });

  it("S14 a token that is longer than maxToken is answered with 431 before anything reads it", async () => {
    const legs: string[] = [];
    await using server = await guardedServer({ maxToken: 3000 }, { package: { onLeg: (text) => legs.push(text) } });
    const client = await server.connect();
    expect((await client.get(`ticket ${"a".repeat(2993)}`)).status).toBe(200);
    expect((await client.get(`ticket ${"a".repeat(2994)}`)).status).toBe(431);
    expect(server.refusals).toMatchObject([{ reason: "token-too-large" }]);
    expect(legs).toHaveLength(1);
  });

  it("S14 a token of 40 kB is taken by a server that has serverOptions", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const user = "a".repeat(40_000);
    expect((await client.get(`ticket ${user}`)).body).toBe(`hello ${user}`);
  });

  it("S14 a connection that closes removes its handshake and its user", async () => {
    await using server = await guardedServer(persistent);
    const [one, other] = [await server.connect(), await server.connect()];
    await begin(one, alice);
    await other.get(`ticket ${bob}`);
    one.socket.destroy();
    other.socket.destroy();
    await expect.poll(() => server.authenticator.pending).toBe(0);
    await expect.poll(() => server.users[0] && throws(() => server.users[0]?.accessToken())).toBe(true);
  });
});

function throws(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

describe("the header of a request", () => {
  it.each([
    ["Authorization: Negotiate", "malformed-token"],
    ["Authorization: Negotiate !!!", "malformed-header"],
    ["Authorization: Negotiate YII", "malformed-token"],
    ["Authorization: Negotiate Y-I=", "malformed-token"],
    ["Authorization: Negotiate realm=x", "malformed-token"],
    ["Authorization: Negotiate YII= YII=", "malformed-header"],
    ["Authorization: Negotiate YII=, Negotiate YII=", "malformed-header"],
    ["Authorization:", "malformed-header"],
    ["Authorization: Basic YWxpY2U6dXNlcnB3", "scheme-not-offered"],
    ["Authorization: NTLM TlRMTVNTUAABAAAA", "scheme-not-offered"],
    ["Authorization: Bearer YWxpY2U=", "scheme-not-offered"],
  ])("S21 %s is refused before a package sees it", async (field, reason) => {
    const legs: string[] = [];
    await using server = await guardedServer({}, { package: { onLeg: (text) => legs.push(text) } });
    const client = await server.connect();
    expect(await client.get(undefined, [field])).toMatchObject({
      status: 401,
      headers: { "www-authenticate": "Negotiate" },
    });
    expect(server.refusals).toMatchObject([{ reason }]);
    expect(legs).toEqual([]);
  });

  it("S21 two Authorization fields are refused: a proxy may have judged the other one", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    const fields = [authorization(`ticket ${alice}`), authorization(`ticket ${bob}`)];
    expect((await client.get(undefined, fields)).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "malformed-header" }]);
  });

  it("S21 names that a client claims in headers are ignored", async () => {
    await using server = await guardedServer(persistent);
    const client = await server.connect();
    const claims = ["X-User: alice", "Remote-User: alice", "X-Forwarded-User: alice", "From: alice@EXAMPLE.TEST"];
    expect((await client.get(undefined, claims)).status).toBe(401);
    expect((await client.get(`ticket ${bob}`, claims)).body).toBe(`hello ${bob}`);
  });

  it("S23 the answer to a client that is refused does not depend on the reason", async () => {
    await using server = await guardedServer({}, { package: { nameOf: () => undefined } });
    const answers = new Set<string>();
    for (const field of ["Authorization: Negotiate YII=", "Authorization: Basic x", authorization(`ticket ${alice}`)]) {
      const client = await server.connect();
      const { status, headers, body } = await client.get(undefined, [field]);
      answers.add(JSON.stringify([status, { ...headers, date: "" }, body]));
    }
    expect(answers.size).toBe(1);
    expect(new Set(server.refusals.map(({ reason }) => reason)).size).toBe(3);
  });
});

describe("a token that continues a handshake which did not begin here", () => {
  it.each([
    ["SPNEGO's NegTokenResp", Buffer.from([0xa1, 0x03, 0x30, 0x01, 0x00])],
    ["NTLM's AUTHENTICATE", Buffer.from("NTLMSSP\0\x03\0\0\0\0\0\0\0", "latin1")],
  ])("is refused with the likely reason where it is %s", async (_, token) => {
    await using server = await guardedServer({ ntlm: true });
    const client = await server.connect();
    const field = `Authorization: Negotiate ${token.toString("base64")}`;
    expect((await client.get(undefined, [field])).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "no-first-leg" }]);
    expect(server.refusals[0]?.message).toMatch(/something in between shares or changes connections/);
  });
});
