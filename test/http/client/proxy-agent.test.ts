import { type AgentOptions, get as httpsGet } from "node:https";
import { describe, expect, it } from "vitest";
import { NegotiateProxyAgent, type ProxyOptions } from "../../../src/http.ts";
import { DisposedError } from "../../../src/index.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../../fixtures/localhost-certificate.ts";
import { dispatching } from "../undici/dispatching.ts";
import { askingServer } from "./asking-server.ts";
import { clientProvider } from "./client-package.ts";
import { type ConnectProxyOptions, connectProxy } from "./connect-proxy.ts";

const tls = { pfx: localhostPfx, passphrase: localhostPassword };
const identity = (user: string) => ({ user, password: "secret" });

/** The answer of a server behind a proxy to node:https. */
async function getThrough(proxied: ConnectProxyOptions, more: Partial<ProxyOptions> = {}, user = "alice") {
  await using server = await askingServer({
    tls,
    handler({ url }, _, response) {
      response.end(`got ${url}`);
      return true;
    },
  });
  await using proxy = await connectProxy(proxied);
  using host = clientProvider();
  const access = { url: proxy.url, identity: identity(user), provider: host.provider, ...more };
  const agent = new NegotiateProxyAgent(access, { ca: localhostCertificate, keepAlive: true });
  const page = (path: string) =>
    new Promise<string>((resolve, reject) => {
      httpsGet(`${server.origin}${path}`, { agent }, (response) => {
        response.on("data", (chunk) => resolve(String(chunk)));
      }).on("error", reject);
    });
  try {
    return { pages: [await page("/one"), await page("/two")], proxy, server };
  } finally {
    agent.destroy();
  }
}

describe("a NegotiateProxyAgent of node:https", () => {
  it.each([
    ["Negotiate", false, 2, 1],
    ["NTLM", false, 3, 1],
    ["NTLM", true, 3, 2],
  ] as const)(
    "logs on with %s where the proxy asks (it hangs up first: %s), and keeps the tunnel",
    async (scheme, hangsUp, legs, connections) => {
      const { pages, proxy, server } = await getThrough({ scheme, hangsUp }, { schemes: [scheme] });
      expect(pages).toEqual(["got /one", "got /two"]);
      expect(proxy.tunnels).toEqual([{ user: "alice", target: new URL(server.origin).host }]);
      expect([proxy.legs.length, proxy.connections]).toEqual([legs, connections]);
      // Headers for the proxy are not passed on by the proxy.
      expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    },
  );

  it("fails where the proxy does not let the user through", async () => {
    await expect(getThrough({}, {}, "!alice")).rejects.toMatchObject({ reason: "proxy-refused", status: 407 });
  });

  it("S16 fails where the proxy asks for NTLM and the caller has not named NTLM", async () => {
    await expect(getThrough({ scheme: "NTLM" })).rejects.toMatchObject({ reason: "proxy-refused", status: 407 });
  });

  it("S7 fails where the proxy should prove itself and does not", async () => {
    await expect(getThrough({}, { mutual: "required" })).rejects.toMatchObject({ reason: "server-not-proven" });
  });

  it("that was destroyed fails with an error that says so, and opens no tunnel even through a proxy that asks nobody", async () => {
    await using proxy = await connectProxy({ answer: "HTTP/1.1 200 Opened\r\n\r\n" });
    using host = clientProvider();
    const agent = new NegotiateProxyAgent({ url: proxy.url, provider: host.provider });
    expect(agent.closed).toBe(false);
    agent.destroy();
    expect(agent.closed).toBe(true);
    const failed = new Promise((_resolve, reject) => httpsGet("https://localhost:1", { agent }).on("error", reject));
    await expect(failed).rejects.toThrow(DisposedError);
    expect(proxy.connections).toBe(0);
  });

  it.each([
    ["is forbidden", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "proxy-refused"],
    ["is not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "malformed-header"],
    ["has a field without a name", "HTTP/1.1 407 Who\r\n: x\r\n\r\n", "malformed-header"],
    ["has no end", `HTTP/1.1 407 Who\r\n${"X: y\r\n".repeat(20_000)}`, "challenge-too-long"],
  ])("fails where the proxy's response %s", async (_, answer, reason) => {
    await expect(getThrough({ answer })).rejects.toMatchObject({ reason });
  });
});

describe("the second argument of a NegotiateProxyAgent", () => {
  it.each([
    ["url", "proxy: { url }"],
    ["identity", "proxy: { url, identity }"],
    ["schemes", "proxy: { url, schemes }"],
    ["mutual", "proxy: { url, mutual }"],
    ["bindings", "proxy: { url, bindings }"],
    ["target", "proxy: { url, target }"],
    ["provider", "proxy: { url, provider }"],
    ["tls", "proxy: { url, tls }"],
  ])("takes no %s, which is the proxy's: the error says where it belongs, and nothing of it", (name, place) => {
    const options = { keepAlive: true, [name]: { ...identity("alice"), password: "geheim" } };
    const make = () => new NegotiateProxyAgent("http://proxy.example:3128", options as AgentOptions);
    expect(make).toThrow(new TypeError(`options.${name}: belongs to the first argument, ${place}`));
  });
});

describe("the option `proxy` of a NegotiateDispatcher", () => {
  it("opens tunnels to http and https servers, and the servers' own handshakes are inside", async () => {
    await using plain = await askingServer();
    await using secure = await askingServer({ tls });
    await using proxy = await connectProxy({ scheme: "NTLM" });
    using host = clientProvider();
    await using client = dispatching("alice", {
      origins: [plain.origin, secure.origin],
      proxy: { url: proxy.url, schemes: ["NTLM"], identity: identity("bob"), provider: host.provider },
      tls: { ca: localhostCertificate },
    });
    for (const { origin } of [plain, secure]) expect(await (await client.get(origin)).text()).toBe("hello alice: 0");
    expect(proxy.tunnels.map(({ user }) => user)).toEqual(["bob", "bob"]);
    expect(secure.seen.at(-1)?.authorization).toMatch(/^Negotiate ticket alice HTTP\/localhost [0-9a-f]{50,} -$/);
    expect(plain.seen.at(-1)?.authorization).toBe("Negotiate ticket alice HTTP/localhost - -");
    await client.dispatcher.destroy();
  });

  it("S19 sends no request for a plain http server to the proxy itself, also where that refuses CONNECT", async () => {
    await using server = await askingServer();
    await using proxy = await connectProxy({ answer: "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" });
    await using client = dispatching("alice", { origins: [server.origin], proxy: proxy.url });
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: { reason: "proxy-refused", status: 403 } });
    expect(proxy.legs).toEqual([undefined]);
    expect(server.seen).toEqual([]);
  });

  it.each([
    "proxy.example:3128",
    "http://user:secret@proxy.example",
    "http://proxy.example/path",
    "socks5://proxy.example",
    "",
  ])("E7 is refused for %j with an error that does not repeat it", (url) => {
    const make = () => dispatching("alice", { origins: [], proxy: url });
    expect(make).toThrow(/^proxy: expected/);
    expect(make).not.toThrow(/secret/);
  });
});
