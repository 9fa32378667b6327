import { request } from "undici";
import { describe, expect, it } from "vitest";
import { NegotiateDispatcher } from "../../../src/http-undici.ts";
import { type AskingServer, askingServer } from "../client/asking-server.ts";
import { clientProvider } from "../client/client-package.ts";
import { connectProxy } from "../client/connect-proxy.ts";
import { dispatching } from "./dispatching.ts";

/** The users of the tokens on a connection, and the users that its server answered for. */
function identities({ seen }: AskingServer): ReadonlyMap<number, ReadonlySet<string | undefined>> {
  const found = new Map<number, Set<string | undefined>>();
  for (const { connection, authorization, user } of seen) {
    const known = found.get(connection) ?? new Set();
    if (authorization) known.add(/ticket (\S+)/.exec(authorization)?.[1]);
    if (user) known.add(user);
    found.set(connection, known);
  }
  return found;
}

describe("a pooled connection", () => {
  it("S1 serves one user and one origin: 400 requests of two users to two origins through one proxy never mix", async () => {
    await using first = await askingServer();
    await using second = await askingServer();
    await using proxy = await connectProxy();
    using host = clientProvider();
    const origins = [first.origin, second.origin];
    const users = ["alice", "bob"].map((user) => ({
      user,
      dispatcher: new NegotiateDispatcher({
        origins,
        identity: { user, password: "secret" },
        provider: host.provider,
        proxy: { url: proxy.url, identity: { user: `proxy-${user}`, password: "secret" }, provider: host.provider },
        connections: 4,
      }),
    }));
    const answers = await Promise.all(
      Array.from({ length: 400 }, async (_, index) => {
        const { user, dispatcher } = users[index % 2]!;
        const origin = origins[(index >> 1) % 2]!;
        const { statusCode, body } = await request(`${origin}/${user}`, { dispatcher });
        return `${statusCode} ${await body.text()} for ${user}`;
      }),
    );
    expect(new Set(answers)).toEqual(new Set(["200 hello alice: 0 for alice", "200 hello bob: 0 for bob"]));
    for (const server of [first, second]) {
      for (const [, known] of identities(server)) expect(known.size).toBe(1);
      expect(server.connections).toBe(8);
      for (const { url, user } of server.seen) if (user) expect(url).toBe(`/${user}`);
      // The tokens for a proxy end at the proxy.
      expect(server.seen.filter(({ authorization }) => authorization?.includes("proxy-"))).toEqual([]);
    }
    for (const { user, target } of proxy.tunnels) {
      expect(user).toMatch(/^proxy-(alice|bob)$/);
      expect(origins.map((origin) => new URL(origin).host)).toContain(target);
    }
    expect(proxy.tunnels.length).toBe(16);
    await Promise.all(users.map(({ dispatcher }) => dispatcher.close()));
  });

  it("S2 that is authenticated carries no request with credentials of the caller's own", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin], connections: 1 });
    await (await client.get(server.origin)).text();
    const own = await client.get(`${server.origin}/own`, { headers: { Authorization: "Bearer mine" } });
    expect([own.status, own.headers.get("www-authenticate")]).toEqual([401, "Negotiate"]);
    await own.text();
    const raw = await request(`${server.origin}/raw`, {
      dispatcher: client.dispatcher,
      headers: ["AUTHORIZATION", "Bearer mine"],
    });
    expect(raw.statusCode).toBe(401);
    await raw.body.dump();
    const pairs = new Map([["authorization", "Bearer mine"]]).entries();
    const generated = await request(server.origin, { dispatcher: client.dispatcher, headers: pairs as never });
    expect(generated.statusCode).toBe(401);
    await generated.body.dump();
    const others = server.seen.filter(({ authorization }) => authorization === "Bearer mine");
    expect(others.map(({ user, connection }) => [user, connection === 1])).toEqual(
      others.map(() => [undefined, false]),
    );
    expect(others.length).toBe(3);
  });
});

describe("a redirect", () => {
  it.each([302, 307])(
    "S8 with status %i to an origin that is not listed carries no token: its 401 is the caller's",
    async (status) => {
      await using outside = await askingServer();
      await using server = await askingServer({
        handler({ user }, _, response) {
          if (!user) return false;
          response.writeHead(status, { Location: `${outside.origin}/taken` }).end();
          return true;
        },
      });
      await using client = dispatching("alice", { origins: [server.origin] });
      const response = await client.get(server.origin);
      expect([response.status, response.url]).toEqual([401, `${outside.origin}/taken`]);
      await response.text();
      expect(outside.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
    },
  );
});

describe("what a server learns", () => {
  it("S17 is no ticket to act in the user's name, unless its origin is in `delegate`", async () => {
    await using trusted = await askingServer();
    await using other = await askingServer();
    const origins = [trusted.origin, other.origin];
    await using client = dispatching("alice", { origins, delegate: [trusted.origin] });
    for (const origin of origins) await (await client.get(origin)).text();
    const delegated = (server: AskingServer) => server.seen.at(-1)?.authorization?.split(" ").at(-1);
    expect([delegated(trusted), delegated(other)]).toEqual(["delegate", "-"]);
  });

  it("S9 is addressed by the URL's host, whatever the Host header says", async () => {
    await using server = await askingServer();
    await using client = dispatching("alice", { origins: [server.origin] });
    const { statusCode, body } = await request(server.origin, {
      dispatcher: client.dispatcher,
      headers: { host: "files1UWhRCAAAA.example" },
    });
    await body.dump();
    expect(statusCode).toBe(200);
    expect(server.seen.at(-1)?.authorization).toBe("Negotiate ticket alice HTTP/localhost - -");
  });

  it("S9 is refused for a target with marshalled target information, before a token is made", async () => {
    await using server = await askingServer();
    const target = () => "HTTP/files1UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA";
    await using client = dispatching("alice", { origins: [server.origin], target });
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: { name: "RangeError" } });
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("S16 is never NTLM unless it is named: neither the scheme nor a fallback inside Negotiate", async () => {
    await using server = await askingServer({ schemes: ["NTLM", "Basic realm=x", "Negotiate"] });
    await using alice = dispatching("alice", { origins: [server.origin] });
    await (await alice.get(server.origin)).text();
    expect(server.seen.at(-1)?.authorization).toMatch(/^Negotiate ticket/);
    await using fallback = dispatching("fallback", { origins: [server.origin] });
    await expect(fallback.get(server.origin)).rejects.toMatchObject({ cause: { reason: "mechanism-not-allowed" } });
    expect(server.seen.filter(({ authorization }) => authorization?.includes("NTLM"))).toEqual([]);
    await using ntlm = await askingServer({ schemes: ["NTLM"] });
    await using refused = dispatching("alice", { origins: [ntlm.origin] });
    expect((await refused.get(ntlm.origin)).status).toBe(401);
  });
});
